package org.espalier.generator.generated;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import org.bytedeco.javacpp.Pointer;
import org.espalier.generator.Compilation;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.Goldens;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.ir.Footprint;
import org.espalier.generator.source.SourceFile;
import org.espalier.runtime.Init;
import org.espalier.runtime.Network;
import org.espalier.runtime.Supervised;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Trains the U-Net of the goldens, for images of 128 by 128, in a process whose heap is all there from the start, and
 * prints by how much the process has grown, and by how much the network says that it has: by everything but the
 * optimizer's numbers, which are on the heap.
 */
final class FootprintProbe {
    private static final int BATCH = 4;
    private static final int WARM_UP = 12;

    private FootprintProbe() {}

    /** Prints the two numbers of bytes. */
    public static void main(String[] arguments) throws IOException, ReflectiveOperationException {
        String text = Files.readString(Goldens.file("net").resolve("unet.net"))
                .replace("levels=8", "levels=7")
                .replace("256, 256]", "128, 128]");
        Compilation compilation = NetCompiler.compile(CompilationRequest.of(new SourceFile("unet.net", text)));
        Class<?> type = GeneratedCode.compile(compilation.sources())
                .load(compilation.sources().get(0));
        INDArray drawings = Nd4j.rand(BATCH, 3, 128, 128);
        INDArray colours = Nd4j.rand(BATCH, 3, 128, 128);

        // What every process has once. This network stays, so that it leaves no holes.
        Supervised first = create(type);
        // Until the JVM has compiled what a step runs, its code and its compilers' memory grow, too.
        for (int step = 0; step < WARM_UP; step++) {
            first.trainStep(drawings, colours);
        }
        long before = Pointer.physicalBytes();
        Supervised second = create(type);
        second.trainStep(drawings, colours);
        long grown = Pointer.physicalBytes() - before;

        first.trainStep(drawings, colours);
        long onHeap = new Footprint(compilation.programs().get(0)).optimizer();
        System.out.println(grown + " " + (((Network) second).peakBytes() - onHeap));
    }

    private static Supervised create(Class<?> type)
            throws NoSuchMethodException, IllegalAccessException, InvocationTargetException {
        return (Supervised) type.getMethod("create", Init.class).invoke(null, Init.seed(1));
    }
}
