package org.espalier.maven;

import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.source.SourcePath;

/**
 * Parameters of a generation: the specifications, what they may import, and where their classes go.
 *
 * @param shownFrom folder that paths in messages are relative to: where the user stands
 * @param sourceDirectories folders of specifications; those that do not exist hold none
 * @param includes Ant patterns of the specifications in them
 * @param excludes Ant patterns of the files that are none
 * @param importDirectories further folders that specifications import from, but that are not compiled
 * @param libraries finds jars and folders of classes whose {@code META-INF/net} can be imported from
 * @param encoding of the specifications, and of what is generated
 * @param failOnWarning whether warnings stop the generation as errors do
 * @param targets what is generated for each network, by name
 * @param tool the compiler by name and version: outputs of another one are not up to date
 * @param outputDirectory root of the packages that are generated
 * @param manifest file that remembers what was read and written
 */
record GenerationRequest(
        Path shownFrom,
        List<Path> sourceDirectories,
        List<String> includes,
        List<String> excludes,
        List<Path> importDirectories,
        SourcePath.Libraries libraries,
        Charset encoding,
        boolean failOnWarning,
        List<String> targets,
        String tool,
        Path outputDirectory,
        Path manifest) {
    /** Copies the lists. */
    GenerationRequest {
        sourceDirectories = List.copyOf(sourceDirectories);
        includes = List.copyOf(includes);
        excludes = List.copyOf(excludes);
        importDirectories = List.copyOf(importDirectories);
        targets = List.copyOf(targets);
    }

    /** The same of other specifications, for other targets, remembered in another manifest. */
    GenerationRequest of(List<Path> specifications, List<String> otherTargets, Path otherManifest) {
        return new GenerationRequest(
                shownFrom,
                specifications,
                includes,
                excludes,
                importDirectories,
                libraries,
                encoding,
                failOnWarning,
                otherTargets,
                tool,
                outputDirectory,
                otherManifest);
    }

    /** Tells whether a finding fails the build. */
    boolean isFailure(Diagnostic finding) {
        return failOnWarning || finding.isError();
    }

    /** Every folder that an import is looked for in. */
    List<Path> directories() {
        return Stream.concat(sourceDirectories.stream(), importDirectories.stream())
                .distinct()
                .toList();
    }
}
