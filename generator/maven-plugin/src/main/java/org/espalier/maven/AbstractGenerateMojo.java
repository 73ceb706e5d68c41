package org.espalier.maven;

import java.io.IOException;
import org.apache.maven.plugin.MojoFailureException;
import org.codehaus.plexus.build.BuildContext;
import org.espalier.generator.ir.Program;
import org.espalier.generator.report.Findings;
import org.espalier.generator.report.NetworkReport;

/** Generates, and tells the log, Maven and the IDE. */
abstract class AbstractGenerateMojo extends AbstractNetMojo {
    AbstractGenerateMojo(BuildContext buildContext) {
        super(buildContext);
    }

    /** Makes a folder one of the module's source folders. */
    abstract void addSourceRoot(String folder);

    @Override
    final void run(GenerationRequest request) throws IOException, MojoFailureException {
        Generation generation = new Generation(request);
        Generation.Result result = generation.generate();
        result.changed().forEach(file -> buildContext().refresh(file.toFile()));
        if (result.outcome() == Generation.Outcome.NO_SPECIFICATIONS) {
            reportMissing(request);
            return;
        }
        addSourceRoot(request.outputDirectory().toString());
        if (result.outcome() == Generation.Outcome.UP_TO_DATE) {
            getLog().info("Nothing to generate: all networks are up to date");
            return;
        }
        report(request, generation, result.compilation().diagnostics());
        for (Program program : result.compilation().programs()) {
            NetworkReport network = new NetworkReport(program);
            getLog().info(network.summary());
            network.regularizers().forEach(line -> getLog().info("  " + line));
        }
        getLog().info("Generated "
                + Findings.count(result.compilation().sources().size(), "network") + " from "
                + Findings.count(generation.specifications().size(), "specification") + ", "
                + Findings.count(result.changed().size(), "file") + " changed");
    }
}
