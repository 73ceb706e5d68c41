package org.espalier.generator.target.java;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterSpec;
import com.palantir.javapoet.TypeName;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import javax.lang.model.element.Modifier;
import org.espalier.generator.ir.Graph;
import org.espalier.generator.ir.Loss;
import org.espalier.generator.ir.LossOp;
import org.espalier.generator.ir.ParameterGradients;
import org.espalier.generator.ir.Program;
import org.espalier.generator.ir.UpdateGroup;
import org.espalier.generator.ir.op.BackwardOp;
import org.espalier.generator.ir.op.Op;
import org.espalier.generator.ir.op.Seed;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.target.java.names.Names;
import org.espalier.generator.target.java.names.RuntimeTypes;
import org.espalier.generator.target.java.text.JavaText;
import org.espalier.generator.target.java.text.Javadoc;
import org.espalier.generator.target.java.text.Literals;
import org.espalier.generator.target.java.text.Quotations;

/**
 * Emits the methods by which a generated class is used. What there is depends on the network: one output is returned by
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
    private final List<LossOp> losses;
    private final List<Op> sums;
    private final LossEmitter lossEmitter;
    private final List<ParameterSpec> targets;
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
        this.losses = program.backward().stream()
                .filter(LossOp.class::isInstance)
                .map(LossOp.class::cast)
                .toList();
        this.sums = program.backward().stream()
                .filter(op -> !(op instanceof LossOp)
                        && op instanceof BackwardOp backwardOp
                        && !backwardOp.seeds().isEmpty())
                .toList();
        this.lossEmitter = new LossEmitter(operands, names);
        this.inputs = graph.inputs().stream()
                .map(input -> ParameterSpec.builder(RuntimeTypes.ARRAY, names.field(input))
                        .build())
                .toList();
        this.targets = losses.isEmpty()
                ? List.of()
                : graph.targets().stream()
                        .map(target -> ParameterSpec.builder(RuntimeTypes.ARRAY, lossEmitter.parameter(target))
                                .build())
                        .toList();
        this.outputs = graph.outputs().stream().distinct().toList();
    }

    /** Tells whether it is trained by giving one input and one target. */
    boolean isSupervised() {
        return inputs.size() == 1 && outputs.size() == 1 && targets.size() == 1;
    }

    /** Lists the methods of {@code Losses} that are called. */
    List<String> losses() {
        return losses.stream()
                .flatMap(loss -> LossEmitter.kernels(loss).stream())
                .distinct()
                .toList();
    }

    /** Lists the methods of {@code Kernels} that are called. */
    List<String> kernels() {
        List<String> kernels = new ArrayList<>();
        if (hasBackwardFromOutputs()) {
            kernels.add("copy");
        }
        if (!sums.isEmpty() || (!losses.isEmpty() && hasBackwardFromOutputs())) {
            kernels.add("add");
        }
        return kernels;
    }

    /** Making one, training it, asking it, and what of it may be read or changed at run time. */
    List<MethodSpec> use() {
        List<MethodSpec> methods = new ArrayList<>();
        methods.add(create());
        if (!losses.isEmpty()) {
            methods.add(trainStep());
        }
        methods.add(predict());
        reserveMethods();
        for (UpdateGroup group : Fields.regularizers(program)) {
            methods.add(accessor(
                    RuntimeTypes.REGULARIZER,
                    names.field(group),
                    CodeBlock.of("$L", names.field(group)),
                    "the regularizer " + Fields.describe(group) + "; its strength may be changed during training"));
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
                    "the gradient with respect to an input, " + gradient.shape()
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

    /** {@code class indices [batch]}: what losses want as a target. */
    private String describeTarget(Value target) {
        boolean classes = losses.stream()
                .anyMatch(op -> op.loss().function().isOfClasses()
                        && op.loss().operands().contains(target));
        return (classes ? "class indices " : "") + target.shape();
    }

    /** Says of each target what it is. */
    private Javadoc describeTargets(Javadoc javadoc) {
        for (int i = 0; i < targets.size(); i++) {
            Value target = graph.targets().get(i);
            javadoc.param(
                    targets.get(i).name(),
                    targets.size() == 1
                            ? "the target, " + describeTarget(target)
                            : "target of the losses, " + describeTarget(target));
        }
        return javadoc;
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
        Javadoc javadoc = Javadoc.of("Creates a network.")
                .param(init, "initializes its weights, or reads them from a file")
                .returns("the network");
        return method("create", javadoc)
                .addModifiers(Modifier.STATIC)
                .returns(type)
                .addParameter(RuntimeTypes.INIT, init)
                .addStatement("return new $T($L)", type, init)
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
    private MethodSpec trainStep() {
        Javadoc javadoc = Javadoc.of("Runs forward, loss, backward and update; reports the loss and each penalty.");
        if (!isSupervised()) {
            describeTargets(describeInputs(javadoc)).returns("the loss before the update, with its parts");
        }
        MethodSpec.Builder method = method("trainStep", javadoc)
                .returns(RuntimeTypes.STEP_REPORT)
                .addParameters(inputs)
                .addParameters(targets)
                .addCode(inside(
                        true,
                        "stepping",
                        CodeBlock.builder()
                                .addStatement("forward($L)", arguments(inputs))
                                .addStatement("loss($L)", arguments(targets))
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
                            describeInputs(Javadoc.of("Runs forward in evaluation mode. Each output has an accessor.")))
                    .addParameters(inputs)
                    .addStatement("evaluating(() -> forward($L))", arguments(inputs))
                    .build();
        }
        Javadoc javadoc =
                Javadoc.of("Computes " + describe(outputs.get(0)) + ", in evaluation mode; returns a new array.");
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
                + (single ? " The returned array is overwritten by the next forward." : ""));
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
        if (losses.isEmpty()) {
            return List.of();
        }
        boolean single = graph.losses().size() == 1;
        String against = targets.isEmpty()
                ? ""
                : single && targets.size() == 1
                        ? " against " + targets.get(0).name() + ", "
                                + describeTarget(graph.targets().get(0))
                        : " against "
                                + targets.stream().map(ParameterSpec::name).collect(Collectors.joining(" and "));
        Javadoc javadoc = Javadoc.of(
                single
                        ? "Computes the data loss of the last forward" + against
                                + ", and keeps its gradient for backward."
                        : "Computes the sum of the data losses of the last forward" + against
                                + ", and keeps its gradient for backward.");
        if (!isSupervised()) {
            (single && targets.size() == 1
                            ? javadoc.param(targets.get(0).name(), "the target")
                            : describeTargets(javadoc))
                    .returns("the loss");
        }
        MethodSpec.Builder method = method("loss", javadoc)
                .returns(TypeName.DOUBLE)
                .addParameters(targets)
                .addCode(JavaText.comment(
                        Quotations.statement(losses.get(0).loss().span())));
        if (single) {
            method.addStatement("return dataLoss(() -> $L)", lossEmitter.call(losses.get(0)));
        } else {
            method.addCode(losses(names.local("losses")));
        }
        return List.of(overriding(method).build());
    }

    // Example:
    //
    // return dataLosses(losses -> {
    //     losses.add("L1Loss", 100.0, l1Loss(picture, target("photo", photo, 3, 8, 8), 100.0, dPicture));
    //     losses.add("BCEWithLogitsLoss", 1.0, bceWithLogitsLoss(score, target("real", real, 1), 1.0, dScore));
    // });
    //
    private CodeBlock losses(String collector) {
        List<String> titles = Loss.names(graph.losses());
        CodeBlock.Builder body = CodeBlock.builder();
        for (LossOp op : losses) {
            body.addStatement(
                    "$L.add($L, $L, $L)",
                    collector,
                    JavaText.literal(titles.get(op.place())),
                    Literals.number(op.loss().scale()),
                    lossEmitter.call(op));
        }
        for (Op op : sums) {
            List<Value> summands = op.signature().sources();
            body.addStatement(
                    "add($L, $L, $L)",
                    operands.field(summands.get(0)),
                    operands.field(summands.get(1)),
                    operands.field(op.result()));
        }
        return CodeBlock.builder()
                .add("return dataLosses($L -> {\n$>", collector)
                .add(body.build())
                .add("$<});\n")
                .build();
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
    // }
    //
    List<MethodSpec> backward() {
        if (program.seeds().isEmpty()) {
            return List.of();
        }
        List<MethodSpec> methods = new ArrayList<>();
        if (!losses.isEmpty()) {
            Javadoc javadoc = Javadoc.of(
                    "Backpropagates the last loss. Gradients of parameters accumulate until the next update.");
            MethodSpec.Builder method = method("backward", javadoc)
                    .addCode(inside(
                            false,
                            backpropagating(),
                            CodeBlock.builder()
                                    .addStatement("requireLoss()")
                                    .addStatement("backpropagate()")
                                    .build()));
            methods.add(overriding(method).build());
        }
        if (hasBackwardFromOutputs()) {
            methods.add(backwardFromOutputs());
            if (!losses.isEmpty()) {
                methods.add(backwardWithLoss());
            }
        }
        Sequence sequence = Sequence.of("backward", names, backward.calls());
        methods.add(MethodSpec.methodBuilder("backpropagate")
                .addJavadoc(Javadoc.of("Runs backward, from the last operation to the first.")
                        .block())
                .addModifiers(Modifier.PRIVATE)
                .addCode(sequence.body())
                .build());
        methods.addAll(sequence.parts());
        methods.addAll(backward.methods(parts.main()));
        return methods;
    }

    private String backpropagating() {
        return ParameterGradients.exist(program) ? "backpropagatingToInputs" : "backpropagating";
    }

    /** Tells whether backward starts from an output, so that a gradient by it can be given. */
    private boolean hasBackwardFromOutputs() {
        return program.seeds().stream().anyMatch(this::isGiven);
    }

    private boolean isGiven(Seed seed) {
        return outputs.contains(seed.output());
    }

    private MethodSpec backwardFromOutputs() {
        String place = losses.isEmpty()
                ? ". Gradients of parameters accumulate until the next update."
                : ", in place of the loss's.";
        CodeBlock.Builder body = CodeBlock.builder();
        for (Seed seed : given()) {
            body.addStatement("copy(gradient($L), $L)", checkedGradient(seed), seedField(seed));
        }
        program.seeds().stream()
                .filter(seed -> !isGiven(seed))
                .forEach(seed -> body.addStatement("$L.assign(0)", operands.field(seed.gradient())));
        return backwardOf("backward", place, body);
    }

    // Example:
    //
    // public void backwardWith(INDArray dColours) {
    //     backpropagating(() -> {
    //         requireGradient("colours", dColours, 3, 64, 64);
    //         requireLoss();
    //         add(this.dColours, besides("colours", dColours), this.dColours);
    //         backpropagate();
    //     });
    // }
    //
    private MethodSpec backwardWithLoss() {
        CodeBlock.Builder body = CodeBlock.builder();
        given().forEach(seed -> body.addStatement("requireGradient($L)", checkedGradient(seed)));
        body.addStatement("requireLoss()");
        for (Seed seed : given()) {
            body.addStatement(
                    "add($L, besides($L, $L), $L)",
                    seedField(seed),
                    JavaText.literal(seed.output().name()),
                    names.field(seed.gradient()),
                    seedField(seed));
        }
        return backwardOf("backwardWith", ", added to the last loss's.", body);
    }

    /** {@code "colours", dColours, 3, 64, 64}. */
    private CodeBlock checkedGradient(Seed seed) {
        return CodeBlock.of(
                "$L, $L$L",
                JavaText.literal(seed.output().name()),
                names.field(seed.gradient()),
                LossEmitter.sizes(seed.output().shape()));
    }

    /** The field of a gradient, where a parameter has its name. */
    private String seedField(Seed seed) {
        Value gradient = seed.gradient();
        return parts.of(gradient).isNested() || parts.isInBlock(gradient)
                ? operands.field(gradient)
                : "this." + names.field(gradient);
    }

    private List<Seed> given() {
        return program.seeds().stream().filter(this::isGiven).toList();
    }

    /** A method that goes back from gradients by outputs, once they are where backward starts from. */
    private MethodSpec backwardOf(String name, String place, CodeBlock.Builder body) {
        Javadoc javadoc = Javadoc.of(
                "Backpropagates " + (given().size() == 1 ? "a gradient" : "gradients") + " you supply" + place);
        given().forEach(seed ->
                javadoc.param(names.field(seed.gradient()), "the gradient with respect to " + describe(seed.output())));
        boolean single = program.inputGradients().size() == 1;
        if (single) {
            javadoc.returns("the gradient with respect to the input, "
                    + program.inputGradients().get(0).shape());
        }
        MethodSpec.Builder method = method(name, javadoc);
        given().forEach(seed -> method.addParameter(RuntimeTypes.ARRAY, names.field(seed.gradient())));
        body.addStatement("backpropagate()");
        if (single) {
            method.returns(RuntimeTypes.ARRAY);
            body.addStatement(
                    "return $L", operands.field(program.inputGradients().get(0)));
        }
        return method.addCode(inside(single, backpropagating(), body.build())).build();
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
