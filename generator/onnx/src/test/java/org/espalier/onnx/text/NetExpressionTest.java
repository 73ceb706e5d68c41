package org.espalier.onnx.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NetExpressionTest {
    @Test
    void namesThatAnExpressionReadsStayInOrderSoThatEachImportWritesTheSame() {
        List<String> names = IntStream.range(0, 20).mapToObj(i -> "x" + i).toList();
        List<NetExpression> parts = names.stream().map(NetExpression::named).toList();

        NetExpression sum = NetExpression.atom(String.join(" + ", names), NetExpression.reads(parts));

        assertThat(sum.reads()).containsExactlyElementsOf(names);
    }
}
