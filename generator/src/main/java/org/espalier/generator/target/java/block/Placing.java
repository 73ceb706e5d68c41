package org.espalier.generator.target.java.block;

import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.ParameterSpec;
import java.util.ArrayList;
import java.util.List;
import org.espalier.generator.target.java.text.JavaText;

/**
 * A statement that takes arrays from the arena.
 *
 * @param code the statement
 * @param inView the offset of each array, in turn, where nothing but forward runs; {@code MemoryPlan.NOWHERE} for one
 *     that only backward writes
 */
public record Placing(CodeBlock code, List<Long> inView) {
    /** Offsets that one statement announces at most, so that a method with it remains one that HotSpot compiles. */
    private static final int MOST_OFFSETS = 250;

    // Example:
    //
    // // Offsets in a network that shares another's weights and only runs forward; -1: not there.
    // memory.inView(0, 802816, -1);
    // conv = memory.perSample(0, 8, 14, 14);
    //
    /** The statements in their order, those that announce offsets before those that take them. */
    public static List<CodeBlock> announced(List<Placing> placings, ParameterSpec memory) {
        List<CodeBlock> statements = new ArrayList<>();
        int from = 0;
        while (from < placings.size()) {
            List<CodeBlock> taking = new ArrayList<>();
            List<String> offsets = new ArrayList<>();
            while (from < placings.size()
                    && (taking.isEmpty()
                            || offsets.size() + placings.get(from).inView().size() <= MOST_OFFSETS)) {
                taking.add(placings.get(from).code());
                placings.get(from).inView().forEach(offset -> offsets.add(number(offset)));
                from++;
            }
            if (!offsets.isEmpty()) {
                String comment = statements.isEmpty()
                        ? "Offsets in a network that shares another's weights and only runs forward; -1: not there."
                        : "In such a network, those that follow.";
                statements.add(CodeBlock.builder()
                        .add(JavaText.comment(comment))
                        .addStatement("$N.inView($L)", memory, String.join(", ", offsets))
                        .build());
            }
            statements.addAll(taking);
        }
        return statements;
    }

    private static String number(long offset) {
        return offset > Integer.MAX_VALUE ? offset + "L" : String.valueOf(offset);
    }
}
