package org.espalier.benchmarks.compile;

import org.espalier.generator.CompilationRequest;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.report.NetworkReport;
import org.espalier.generator.source.SourceFile;

/** Floating-point operations of networks, by the compiler's own count. */
public final class Work {
    private Work() {}

    /**
     * A training step's floating-point operations for one picture, in thousand millions: three times the forward's
     * multiply-adds, since the gradient by a layer's input and that by its weights cost as much as its output.
     *
     * @param network one of unet.net
     */
    public static double gigaflopsOfStep(String network) {
        SourceFile source = new SourceFile("unet.net", BenchmarkedSpecifications.networks());
        return NetCompiler.compile(CompilationRequest.of(source)).programs().stream()
                .filter(program -> program.graph().name().equals(network))
                .mapToDouble(program -> 3 * 2 * new NetworkReport(program).forwardMultiplyAdds() / 1e9)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unet.net has no network " + network));
    }
}
