package org.espalier.generator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.espalier.generator.autodiff.Autodiff;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.NetBuilder;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.op.BackwardOp;
import org.espalier.generator.ir.op.Epilogues;
import org.espalier.generator.ir.op.ForwardOp;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.Shape;
import org.espalier.generator.ir.op.ShapeCheck;
import org.espalier.generator.ir.op.Tape;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.text.IrPrinter;
import org.espalier.generator.ir.text.IrReader;
import org.espalier.generator.ir.text.PrintedOp;
import org.espalier.generator.ir.verify.GraphVerifier;
import org.espalier.generator.ir.verify.ProgramVerifier;
import org.espalier.generator.layer.Library;
import org.espalier.generator.layer.normalization.InstanceNorm;
import org.espalier.generator.plan.Fusion;
import org.espalier.generator.plan.MemoryPlanner;
import org.espalier.generator.target.java.NetworkEmitter;
import org.junit.jupiter.api.Test;

/** No pass has heard of the operation of this test, and each does its work on it. */
class OperationOfOnesOwnTest {
    /** y = x s, s = 1/√(mean(x²) + ε) over each sample. */
    private record RmsNorm(Origin origin, Value x, Value inverse, Value y, double eps) implements ForwardOp {
        private static final Map<String, PrintedOp.Reader> READERS = Map.of(
                "rms_norm", p -> new RmsNorm(p.origin(), p.operand(), p.saved(), p.result(), p.real("eps")),
                "rms_norm_backward", p -> new Backward(p.origin(), p.operand(), p.operand(), p.operand(), p.result()));

        @Override
        public OpSignature signature() {
            return OpSignature.of("rms_norm")
                    .from(x)
                    .to(y)
                    .saving(inverse)
                    .attribute("eps", eps)
                    .build();
        }

        @Override
        public List<String> violations() {
            return new ShapeCheck()
                    .sameShape(x, y)
                    .equal(inverse, Shape.batch(1))
                    .violations();
        }

        // dX = s (dY − x s² mean(dY x)).
        @Override
        public void backward(Tape tape) {
            Value dY = tape.gradient(y);
            tape.contribute(x, dX -> new Backward(origin, x, inverse, dY, dX));
        }

        @Override
        public Epilogues epilogues() {
            return Epilogues.AFTER;
        }

        private record Backward(Origin origin, Value x, Value inverse, Value dY, Value dX) implements BackwardOp {
            @Override
            public OpSignature signature() {
                return OpSignature.of("rms_norm_backward")
                        .with(x, inverse)
                        .from(dY)
                        .to(dX)
                        .build();
            }

            @Override
            public List<String> violations() {
                return new ShapeCheck().sameShape(x, dY, dX).violations();
            }

            @Override
            public Epilogues epilogues() {
                return Epilogues.AROUND;
            }
        }
    }

    private static Program program() {
        Graph graph = NetBuilder.network("Own", net -> {
            Value conv = net.conv2d("conv", net.input("image", 1, 4, 4), 2, 3, 1, 1);
            Value norm = net.instanceNorm2d("norm", conv, false);
            net.output(net.linear("logits", net.flatten("flat", net.relu("relu", norm)), 3));
            net.crossEntropyLoss();
        });
        List<ForwardOp> operations = new ArrayList<>(graph.operations());
        operations.replaceAll(op -> op instanceof InstanceNorm norm
                ? new RmsNorm(
                        norm.origin(),
                        norm.x(),
                        new Value(
                                "norm.inverse",
                                Shape.batch(1),
                                Value.Kind.SAVED,
                                norm.y().span()),
                        norm.y(),
                        1e-6)
                : op);
        Graph own = GraphVerifier.verify(graph.withOperations(operations));
        return ProgramVerifier.verify(MemoryPlanner.plan(Fusion.fuse(Autodiff.differentiate(own))));
    }

    @Test
    void itIsDifferentiatedFusedAndCalled() {
        assertThat(NetworkEmitter.emit(program()).text())
                .contains("import static org.espalier.runtime.kernel.Kernels.rmsNorm;")
                .contains("rmsNorm(conv, normInverse, relu, 1e-6, relu());")
                .contains("rmsNormBackward(conv, normInverse, dRelu, dConv, reluBackward(relu)); // in place");
    }

    @Test
    void itIsPrintedAndReadBack() {
        Map<String, PrintedOp.Reader> readers = new HashMap<>(Library.READERS);
        readers.putAll(RmsNorm.READERS);
        String printed = IrPrinter.print(program());

        assertThat(printed).contains(" = rms_norm(%conv; eps=1.0E-6)", "rms_norm_backward(%conv, %norm.inverse, ");
        assertThat(IrPrinter.print(IrReader.program(printed, readers))).isEqualTo(printed);
    }
}
