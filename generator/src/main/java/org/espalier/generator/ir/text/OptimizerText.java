package org.espalier.generator.ir.text;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.espalier.generator.ir.OptimizerDecl;
import org.espalier.generator.ir.OptimizerKind;
import org.espalier.generator.ir.OptimizerSetting;

/**
 * A printed optimizer, with all of its arguments but methods that are not called: {@code adam(lr=0.001, beta1=0.9,
 * beta2=0.999, eps=1.0E-8)}.
 */
final class OptimizerText {
    private OptimizerText() {}

    static String print(OptimizerDecl optimizer) {
        List<String> arguments = new ArrayList<>();
        for (OptimizerSetting setting : optimizer.kind().settings()) {
            List<Double> numbers = optimizer.numbers(setting);
            if (setting.form() == OptimizerSetting.Form.METHOD && numbers.get(0) == 0) {
                continue;
            }
            for (int part = 0; part < numbers.size(); part++) {
                String value = setting.isCondition()
                        ? String.valueOf(numbers.get(part) != 0)
                        : setting.form() == OptimizerSetting.Form.WHOLE
                                ? String.valueOf((long) (double) numbers.get(part))
                                : numbers.get(part).toString();
                arguments.add(setting.parts().get(part) + "=" + value);
            }
        }
        return optimizer.kind().printed() + "(" + String.join(", ", arguments) + ")";
    }

    static OptimizerDecl read(IrLine line) {
        String word = line.word();
        line.expect("(");
        Map<String, String> attributes = line.attributes();
        line.expect(")");
        for (OptimizerKind kind : OptimizerKind.ALL) {
            if (kind.printed().equals(word)) {
                return new OptimizerDecl(kind, values(line, kind, attributes));
            }
        }
        throw line.unexpected("an optimizer before it, not " + word);
    }

    private static Map<String, List<Double>> values(IrLine line, OptimizerKind kind, Map<String, String> attributes) {
        Map<String, List<Double>> values = new LinkedHashMap<>();
        for (OptimizerSetting setting : kind.settings()) {
            List<Double> numbers = new ArrayList<>();
            for (String part : setting.parts()) {
                String text = attributes.get(part);
                if (text != null) {
                    numbers.add(number(setting, text));
                } else if (setting.form() != OptimizerSetting.Form.METHOD) {
                    throw line.unexpected(part + " among the arguments before it");
                }
            }
            if (!numbers.isEmpty()) {
                values.put(setting.name(), numbers);
            }
        }
        return values;
    }

    private static double number(OptimizerSetting setting, String text) {
        return setting.isCondition() ? (Boolean.parseBoolean(text) ? 1 : 0) : Double.parseDouble(text);
    }
}
