package org.espalier.generator.target.java;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.FieldSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.lang.model.element.Modifier;
import org.espalier.generator.ir.op.WindowGeometry;
import org.espalier.generator.ir.op.WindowGeometry.Sizes;
import org.espalier.generator.target.java.names.Names;
import org.espalier.generator.target.java.names.RuntimeTypes;
import org.espalier.generator.target.java.text.FieldComments;
import org.espalier.generator.target.java.text.Identifiers;

/** The windows of a class: each geometry is one constant, however many layers have it, and there are not very many. */
public final class Windows {
    /** One property of a window, mentioned only where it is not what it is by default. */
    private record Property(
            String constant, String letters, String method, Function<WindowGeometry, Sizes> of, int usual) {
        boolean isUnusual(WindowGeometry window) {
            return !of.apply(window).isAll(usual);
        }
    }

    private static final List<Property> PROPERTIES = List.of(
            new Property("STRIDE", "S", "stride", WindowGeometry::stride, 1),
            new Property("PADDING", "P", "padding", WindowGeometry::padding, 0),
            new Property("DILATION", "D", "dilation", WindowGeometry::dilation, 1),
            new Property("OUTPUT_PADDING", "OP", "outputPadding", WindowGeometry::outputPadding, 0));

    /** Constants of a class: what makes them is one method, of at most 65,535 bytes (JVMS 4.7.3), 50 for each. */
    private static final int MOST = 1_000;

    private final Names names;
    private final ClassName type;
    private final Map<WindowGeometry, String> constants = new LinkedHashMap<>();

    /** The windows of a class on ND4J. */
    Windows(Names names) {
        this(names, RuntimeTypes.WINDOW);
    }

    /** The windows of a class whose kernels take them as objects of a type. */
    public Windows(Names names, ClassName type) {
        this.names = names;
        this.type = type;
    }

    /** The constant's name, {@code KERNEL_4_STRIDE_2_PADDING_1}; beyond those what makes such a window. */
    public String constant(WindowGeometry window) {
        return constants.size() >= MOST && !constants.containsKey(window)
                ? construction(window).toString()
                : constants.computeIfAbsent(window, key -> names.constant(describe(key)));
    }

    /** {@code KERNEL_4_STRIDE_2_PADDING_1}, or if that is too long, {@code K4_S2_P1}. */
    private static String describe(WindowGeometry window) {
        String name = "KERNEL_" + describe(window.kernel()) + properties(window, property -> property.constant() + "_");
        return name.length() <= Identifiers.LONGEST
                ? name
                : "K" + describe(window.kernel()) + properties(window, Property::letters);
    }

    private static String properties(WindowGeometry window, Function<Property, String> word) {
        return PROPERTIES.stream()
                .filter(property -> property.isUnusual(window))
                .map(property ->
                        "_" + word.apply(property) + describe(property.of().apply(window)))
                .collect(Collectors.joining());
    }

    private static String describe(Sizes sizes) {
        return sizes.areSame() ? String.valueOf(sizes.at(0)) : joined(sizes, "X");
    }

    // Example:
    //
    // /** Windows of layers */
    // private static final Window KERNEL_4_STRIDE_2_PADDING_1 =
    //         Window.kernel(4, 4).stride(2, 2).padding(1, 1);
    //
    /** The constants that were asked for. */
    public List<FieldSpec> fields() {
        return constants.entrySet().stream()
                .map(entry -> FieldSpec.builder(type, entry.getValue())
                        .addJavadoc(FieldComments.of("", "Windows of layers"))
                        .addModifiers(Modifier.PRIVATE, Modifier.STATIC, Modifier.FINAL)
                        .initializer(construction(entry.getKey()))
                        .build())
                .toList();
    }

    private CodeBlock construction(WindowGeometry window) {
        CodeBlock.Builder code = CodeBlock.builder().add("$T.kernel($L)", type, sizes(window.kernel()));
        PROPERTIES.stream()
                .filter(property -> property.isUnusual(window))
                .forEach(property -> code.add(
                        ".$L($L)", property.method(), sizes(property.of().apply(window))));
        return code.build();
    }

    /** {@code 4, 4}. */
    static String sizes(Sizes sizes) {
        return joined(sizes, ", ");
    }

    private static String joined(Sizes sizes, String between) {
        return sizes.sizes().stream().map(String::valueOf).collect(Collectors.joining(between));
    }
}
