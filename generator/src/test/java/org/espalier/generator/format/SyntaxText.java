package org.espalier.generator.format;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.source.SourceSpan;
import org.espalier.generator.syntax.FileDecl;

/** A syntax tree as text, without its places. */
final class SyntaxText {
    private SyntaxText() {}

    static String of(FileDecl file) {
        return text(file);
    }

    private static String text(Object node) {
        if (node instanceof Record tree) {
            List<String> parts = new ArrayList<>();
            for (RecordComponent component : tree.getClass().getRecordComponents()) {
                if (component.getType() != SourceSpan.class && component.getType() != SourceFile.class) {
                    parts.add(component.getName() + "=" + text(component(tree, component)));
                }
            }
            return tree.getClass().getSimpleName() + parts;
        }
        if (node instanceof List<?> list) {
            return list.stream().map(SyntaxText::text).toList().toString();
        }
        return node instanceof Optional<?> optional
                ? optional.map(SyntaxText::text).orElse("none")
                : node.toString();
    }

    private static Object component(Record tree, RecordComponent component) {
        try {
            return component.getAccessor().invoke(tree);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
