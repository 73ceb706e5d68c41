package org.espalier.generator.layer.convolution;

import java.util.List;
import java.util.Map;
import org.espalier.generator.ir.op.Argument;
import org.espalier.generator.ir.op.BackwardOp;
import org.espalier.generator.ir.op.OpSignature;
import org.espalier.generator.ir.op.Origin;
import org.espalier.generator.ir.op.ShapeCheck;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.ir.text.PrintedOp;

/** db[c] = Σ over batch, height and width of dY[:, c]. */
public record ChannelBiasBackward(Origin origin, Value dY, Value dBias) implements BackwardOp {
    /** Readers of printed operations, by name. */
    public static final Map<String, PrintedOp.Reader> READERS =
            Map.of("channel_bias_backward", p -> new ChannelBiasBackward(p.origin(), p.operand(), p.result()));

    @Override
    public OpSignature signature() {
        return OpSignature.of("channel_bias_backward")
                .from(dY)
                .to(dBias)
                .using(Argument.State.ACCUMULATE)
                .build();
    }

    @Override
    public List<String> violations() {
        return new ShapeCheck().channels(dY).equal(dBias, dY.shape().channels()).violations();
    }
}
