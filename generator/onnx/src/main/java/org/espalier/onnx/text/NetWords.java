package org.espalier.onnx.text;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.espalier.onnx.imported.OpArgument;
import org.espalier.onnx.imported.Setting;
import org.espalier.onnx.structure.Item.Slot;

/** Text for the numbers of a body, in the order of its slots: a parameter of the block, or the number itself. */
final class NetWords {
    private final Iterator<String> texts;

    NetWords(List<String> texts) {
        this.texts = texts.iterator();
    }

    /** The numbers themselves. */
    static NetWords numbers(List<Slot> slots) {
        return new NetWords(
                slots.stream().map(slot -> Numerals.of(slot.number())).toList());
    }

    String next() {
        return texts.next();
    }

    /** Arguments in parentheses, without those. */
    String arguments(List<OpArgument> arguments) {
        List<String> written = new ArrayList<>();
        for (OpArgument argument : arguments) {
            String setting = setting(argument.setting());
            written.add(argument.named() ? argument.word() + "=" + setting : setting);
        }
        return String.join(", ", written);
    }

    String setting(Setting setting) {
        if (setting instanceof Setting.Text text) {
            return text.text();
        }
        if (setting instanceof Setting.Tuple tuple) {
            List<String> elements = new ArrayList<>();
            tuple.elements().forEach(element -> elements.add(setting(element)));
            return "(" + String.join(", ", elements) + (elements.size() == 1 ? "," : "") + ")";
        }
        if (setting instanceof Setting.Span span) {
            String from = setting(span.start());
            String to = setting(span.stop());
            return from + ":" + to + (span.step() == 1 ? "" : ":" + span.step());
        }
        return next();
    }
}
