package org.espalier.generator.target.java;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterSpec;
import com.palantir.javapoet.TypeName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.lang.model.element.Modifier;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.Loss;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.UpdateGroup;
import org.espalier.generator.ir.op.Seed;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.target.java.names.Names;
import org.espalier.generator.target.java.names.RuntimeTypes;
import org.espalier.generator.target.java.text.Identifiers;
import org.espalier.generator.target.java.text.JavaText;
import org.espalier.generator.target.java.text.Javadoc;
import org.espalier.generator.target.java.text.Quotations;

/**
 * The methods by which a generated class is used. What there is depends on the network: one output is returned by
 * {@code forward}, several have a method each; without a loss there are neither {@code loss} nor {@code trainStep}.
 */
final class Interface {
    private final Program program;
    private final Graph graph;
    private final Names names;
    private final Parts parts;
    private final Operands operands;
    private final PassEmitter forward;
    private final PassEmitter backward;
    private final Optional<Loss> loss;
    private final List<ParameterSpec> inputs;
    private final List<Value> outputs;

    Interface(Program program, Names names, Parts parts, Operands operands, PassEmitter forward, PassEmitter backward) {
        this.program = program;
        this.graph = program.graph();
        this.names = names;
        this.parts = parts;
        this.operands = operands;
        this.forward = forward;
        this.backward = backward;
        this.loss = program.seeds().isEmpty() ? Optional.empty() : graph.loss();
        this.inputs = graph.inputs().stream()
                .map(input -> ParameterSpec.builder(RuntimeTypes.ARRAY, names.field(input))
                        .build())
                .toList();
        this.outputs = graph.outputs().stream().distinct().toList();
    }

    /** Tells whether it is trained by giving one input and one target. */
    boolean isSupervised() {
        return inputs.size() == 1 && outputs.size() == 1 && loss.isPresent();
    }

    /** Lists the methods of {@code Losses} that are called. */
    List<String> losses() {
        return loss.map(LossEmitter::kernels).orElseGet(List::of);
    }

    /** Lists the methods of {@code Kernels} that are called. */
    List<String> kernels() {
        return program.seeds().isEmpty() ? List.of() : List.of("copy");
    }

    /** Making one, training it, asking it, and what of it may be read or changed at run time. */
    List<MethodSpec> use() {
        List<MethodSpec> methods = new ArrayList<>();
        methods.add(create());
        loss.ifPresent(present -> methods.add(trainStep(present)));
        methods.add(predict());
        reserveMethods();
        for (UpdateGroup group : Fields.regularizers(program)) {
            methods.add(accessor(
                    RuntimeTypes.REGULARIZER,
                    names.field(group),
                    CodeBlock.of("$L", names.field(group)),
                    "the regularizer " + Fields.describe(group) + ", whose strength may change while training"));
        }
        if (outputs.size() > 1) {
            for (Value output : outputs) {
                methods.add(accessor(
                        output,
                        "output",
                        "the output " + describe(output)
                                + ", of the last forward, as a copy that the next call overwrites"));
            }
        }
        for (Value gradient : program.inputGradients()) {
            methods.add(accessor(
                    gradient,
                    "inputGradient",
                    "the gradient by an input, " + gradient.shape()
                            + ", of the last backward, as a copy that the next call overwrites"));
        }
        return methods;
    }

    /** An accessor of a name that is taken would overload a method, hide a kernel, or not compile. */
    private void reserveMethods() {
        RuntimeTypes.METHODS.forEach(names::reserveMethod);
        kernels().forEach(names::reserveMethod);
        losses().forEach(names::reserveMethod);
        for (PassEmitter steps : List.of(forward, backward)) {
            steps.kernels().keySet().forEach(names::reserveMethod);
            steps.methods(parts.main()).forEach(method -> names.reserveMethod(method.name()));
        }
    }

    private static MethodSpec.Builder method(String name, Javadoc documentation) {
        return MethodSpec.methodBuilder(name).addModifiers(Modifier.PUBLIC).addJavadoc(documentation.block());
    }

    // Example:
    //
    // public INDArray colours() {
    //     return output("colours", colours);
    // }
    //
    private MethodSpec accessor(Value value, String giveOut, String result) {
        String name = names.field(value);
        return accessor(
                RuntimeTypes.ARRAY,
                name,
                CodeBlock.of("$L($L, $L)", giveOut, JavaText.literal(name), operands.field(value)),
                result);
    }

    private MethodSpec accessor(ClassName type, String name, CodeBlock value, String result) {
        return method(names.accessor(name), Javadoc.ofResult(result))
                .returns(type)
                .addStatement("return $L", value)
                .build();
    }

    /** Says of each input what it is. */
    private Javadoc describeInputs(Javadoc javadoc) {
        graph.inputs().forEach(input -> javadoc.param(names.field(input), input.type()));
        return javadoc;
    }

    /** {@code class indices [batch]}: what a loss wants as its target. */
    private static String describe(Loss present) {
        return (present.function().isOfClasses() ? "class indices " : "")
                + present.target().shape();
    }

    /** {@code logits, [batch, 10]}. */
    private String describe(Value value) {
        return names.field(value) + ", " + value.type();
    }

    private static String arguments(List<ParameterSpec> parameters) {
        return parameters.stream().map(ParameterSpec::name).collect(Collectors.joining(", "));
    }

    // Example:
    //
    // public static Tiny create(Init init) {
    //     return new Tiny(init);
    // }
    //
    private MethodSpec create() {
        ClassName type = ClassName.get(graph.packageName(), graph.name());
        String init = names.local("init");
        Javadoc javadoc = Javadoc.of("Makes a network.")
                .param(init, "draws its weights, or reads them from a file")
                .returns("the network");
        return method("create", javadoc)
                .addModifiers(Modifier.STATIC)
                .returns(type)
                .addParameter(RuntimeTypes.INIT, init)
                .addStatement("return new $T($L)", type, init)
                .build();
    }

    private ParameterSpec target(Loss present) {
        return ParameterSpec.builder(
                        RuntimeTypes.ARRAY,
                        names.local(Identifiers.camelCase(present.target().name())))
                .build();
    }

    // Example:
    //
    // @Override
    // public StepReport trainStep(INDArray image, INDArray label) {
    //     return stepping(() -> {
    //         forward(image);
    //         loss(label);
    //         backward();
    //         return update();
    //     });
    // }
    //
    private MethodSpec trainStep(Loss present) {
        ParameterSpec target = target(present);
        Javadoc javadoc = Javadoc.of("Forward, loss, backward and update; reports the loss and each penalty.");
        if (!isSupervised()) {
            describeInputs(javadoc)
                    .param(target.name(), "what the outputs should be, " + describe(present))
                    .returns("the loss before the update, and what it is made of");
        }
        MethodSpec.Builder method = method("trainStep", javadoc)
                .returns(RuntimeTypes.STEP_REPORT)
                .addParameters(inputs)
                .addParameter(target)
                .addCode(inside(
                        true,
                        "stepping",
                        CodeBlock.builder()
                                .addStatement("forward($L)", arguments(inputs))
                                .addStatement("loss($N)", target)
                                .addStatement("backward()")
                                .addStatement("return update()")
                                .build()));
        return overriding(method).build();
    }

    private MethodSpec.Builder overriding(MethodSpec.Builder method) {
        return isSupervised() ? method.addAnnotation(RuntimeTypes.OVERRIDE) : method;
    }

    // Example:
    //
    // @Override
    // public INDArray predict(INDArray image) {
    //     return predicting(() -> forward(image));
    // }
    //
    private MethodSpec predict() {
        if (outputs.size() > 1) {
            return method(
                            "predict",
                            describeInputs(Javadoc.of("Forward in evaluation mode. The outputs have a method each.")))
                    .addParameters(inputs)
                    .addStatement("evaluating(() -> forward($L))", arguments(inputs))
                    .build();
        }
        Javadoc javadoc =
                Javadoc.of("Computes " + describe(outputs.get(0)) + ", in evaluation mode, in an array of its own.");
        if (!isSupervised()) {
            describeInputs(javadoc).returns(names.field(outputs.get(0)));
        }
        MethodSpec.Builder method = method("predict", javadoc)
                .returns(RuntimeTypes.ARRAY)
                .addParameters(inputs)
                .addStatement("return predicting(() -> forward($L))", arguments(inputs));
        return overriding(method).build();
    }

    // Example:
    //
    // @Override
    // public INDArray forward(INDArray image) {
    //     return propagating(() -> {
    //         this.image = input("image", image, 1, 28, 28);
    //         forwardConv();
    //         forwardLogits();
    //         return logits;
    //     });
    // }
    //
    List<MethodSpec> forward() {
        boolean single = outputs.size() == 1;
        String from = graph.inputs().stream().map(this::describe).collect(Collectors.joining(" and "));
        String to = outputs.stream().map(this::describe).collect(Collectors.joining(" and "));
        Sequence sequence = Sequence.of("forward", names, forward.calls());
        Javadoc javadoc = Javadoc.of("Computes " + to + ", from " + from + "."
                + (single ? " The array returned is overwritten by the next forward." : ""));
        if (!isSupervised()) {
            describeInputs(javadoc);
        }
        if (!isSupervised() && single) {
            javadoc.returns(names.field(outputs.get(0)));
        }
        MethodSpec.Builder method = method("forward", javadoc).addParameters(inputs);
        overriding(method);
        CodeBlock.Builder body = CodeBlock.builder();
        boolean first = true;
        for (Value input : graph.inputs()) {
            body.addStatement("this.$L = $L", names.field(input), checked(input, first));
            first = false;
        }
        body.add(sequence.body());
        if (single) {
            method.returns(RuntimeTypes.ARRAY);
            body.addStatement("return $L", operands.field(outputs.get(0)));
        }
        method.addCode(inside(single, "propagating", body.build()));
        List<MethodSpec> methods = new ArrayList<>();
        methods.add(method.build());
        methods.addAll(sequence.parts());
        methods.addAll(forward.methods(parts.main()));
        return methods;
    }

    // Example:
    //
    // input("image", image, 1, 28, 28)
    //
    // or, of whole numbers below 256:
    //
    // indices("token", token, 256, 64)
    //
    private CodeBlock checked(Value input, boolean first) {
        String check = input.isWhole() ? first ? "indices" : "furtherIndices" : first ? "input" : "furtherInput";
        String limit = input.isWhole() ? ", " + graph.limit(input).orElse(Integer.MAX_VALUE) : "";
        return CodeBlock.of(
                "$L($L, $L$L$L)",
                check,
                JavaText.literal(input.name()),
                names.field(input),
                limit,
                LossEmitter.sizes(input.shape()));
    }

    // Example:
    //
    // @Override
    // public double loss(INDArray label) {
    //     // loss CrossEntropyLoss()  (tiny.net:12)
    //     return dataLoss(() -> crossEntropyLoss(logits, labels("label", label), 1.0, dLogits));
    // }
    //
    List<MethodSpec> loss() {
        return loss.map(this::loss).stream().toList();
    }

    private MethodSpec loss(Loss present) {
        ParameterSpec target = target(present);
        Javadoc javadoc = Javadoc.of("The data loss of the last forward against " + target.name() + ", "
                + describe(present) + "; its gradient waits for backward.");
        if (!isSupervised()) {
            javadoc.param(target.name(), "what the outputs should be").returns("the loss");
        }
        MethodSpec.Builder method = method("loss", javadoc)
                .returns(TypeName.DOUBLE)
                .addParameter(target)
                .addCode(JavaText.comment(Quotations.statement(present.span())))
                .addStatement(
                        "return dataLoss(() -> $L)",
                        new LossEmitter(operands, names)
                                .call(present, program.seeds().get(0).gradient(), target.name()));
        return overriding(method).build();
    }

    // Example:
    //
    // @Override
    // public void backward() {
    //     backpropagating(() -> {
    //         requireLoss();
    //         backpropagate();
    //     });
    // }
    //
    // public void backward(INDArray dLogits) {
    //     backpropagating(() -> {
    //         copy(gradient("logits", dLogits, 10), this.dLogits);
    //         backpropagate();
    //     });
    // }
    //
    // private void backpropagate() {
    //     backwardLogits();
    //     backwardConv();
    //     accumulate = true;
    // }
    //
    List<MethodSpec> backward() {
        if (program.seeds().isEmpty()) {
            return List.of();
        }
        List<MethodSpec> methods = new ArrayList<>();
        if (loss.isPresent()) {
            Javadoc javadoc = Javadoc.of(
                    "Takes the gradient of the last loss to the parameters, where it adds to what waits for an update.");
            MethodSpec.Builder method = method("backward", javadoc)
                    .addCode(inside(
                            false,
                            "backpropagating",
                            CodeBlock.builder()
                                    .addStatement("requireLoss()")
                                    .addStatement("backpropagate()")
                                    .build()));
            methods.add(overriding(method).build());
        }
        methods.add(backwardFromOutputs());
        Sequence sequence = Sequence.of("backward", names, backward.calls());
        methods.add(MethodSpec.methodBuilder("backpropagate")
                .addModifiers(Modifier.PRIVATE)
                .addCode(sequence.body())
                .addStatement("accumulate = true")
                .build());
        methods.addAll(sequence.parts());
        methods.addAll(backward.methods(parts.main()));
        return methods;
    }

    private MethodSpec backwardFromOutputs() {
        boolean one = program.seeds().size() == 1;
        Javadoc javadoc = Javadoc.of("Backpropagates " + (one ? "a gradient" : "gradients") + " you supply"
                + (loss.isPresent()
                        ? ", in place of the loss's."
                        : "; those by the parameters add to what waits for an update."));
        program.seeds()
                .forEach(seed ->
                        javadoc.param(names.field(seed.gradient()), "the gradient by " + describe(seed.output())));
        boolean single = program.inputGradients().size() == 1;
        if (single) {
            javadoc.returns("the gradient by the input, "
                    + program.inputGradients().get(0).shape());
        }
        MethodSpec.Builder method = method("backward", javadoc);
        CodeBlock.Builder body = CodeBlock.builder();
        for (Seed seed : program.seeds()) {
            String gradient = names.field(seed.gradient());
            method.addParameter(RuntimeTypes.ARRAY, gradient);
            body.addStatement(
                    "copy(gradient($L, $L$L), $L)",
                    JavaText.literal(seed.output().name()),
                    gradient,
                    LossEmitter.sizes(seed.output().shape()),
                    parts.of(seed.gradient()).isNested() || parts.isInBlock(seed.gradient())
                            ? operands.field(seed.gradient())
                            : "this." + gradient);
        }
        body.addStatement("backpropagate()");
        if (single) {
            method.returns(RuntimeTypes.ARRAY);
            body.addStatement(
                    "return $L", operands.field(program.inputGradients().get(0)));
        }
        return method.addCode(inside(single, "backpropagating", body.build())).build();
    }

    /** Statements as what a method of {@code Network} runs, which lets no other thread in meanwhile. */
    private static CodeBlock inside(boolean returns, String runner, CodeBlock statements) {
        return CodeBlock.builder()
                .add(returns ? "return $L(() -> {\n$>" : "$L(() -> {\n$>", runner)
                .add(statements)
                .add("$<});\n")
                .build();
    }
}
