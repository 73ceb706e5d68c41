package org.espalier.generator.target.java.names;

import com.palantir.javapoet.ClassName;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.espalier.generator.ir.OptimizerKind;

/** The classes that generated code names. The generator has them by name only: it never sees the runtime. */
public final class RuntimeTypes {
    private static final Set<ClassName> ALL = new LinkedHashSet<>();

    private static final String RUNTIME = "org.espalier.runtime";
    private static final String KERNEL = RUNTIME + ".kernel";
    private static final String OPTIMIZERS = RUNTIME + ".optim.optimizer";
    private static final String REGULARIZERS = RUNTIME + ".optim.regularizer";
    private static final String UPDATE = RUNTIME + ".optim.update";

    private static final Map<OptimizerKind, ClassName> OPTIMIZER_CLASSES = optimizers();

    public static final ClassName NETWORK = named(RUNTIME, "Network");
    public static final ClassName PART = NETWORK.nestedClass("Part");
    public static final ClassName SUPERVISED = named(RUNTIME, "Supervised");
    static final ClassName GENERATED_NETWORK = named(RUNTIME, "GeneratedNetwork");
    public static final ClassName INIT = named(RUNTIME, "Init");
    public static final ClassName MEMORY = named(RUNTIME, "Memory");
    public static final ClassName PLACES = named(RUNTIME, "Places");
    public static final ClassName PARAMETER = named(RUNTIME, "Parameter");
    public static final ClassName BATCH_NORM = named(RUNTIME, "BatchNorm");
    public static final ClassName SAMPLE_NORM = named(RUNTIME, "SampleNorm");
    public static final ClassName STEP_REPORT = named(RUNTIME, "StepReport");
    public static final ClassName KERNELS = named(KERNEL, "Kernels");
    public static final ClassName SEQUENCES = named(KERNEL, "Sequences");
    public static final ClassName VOLUMES = named(KERNEL, "Volumes");
    public static final ClassName NORMALIZATIONS = named(KERNEL, "Normalizations");
    public static final ClassName RECURRENCES = named(KERNEL, "Recurrences");
    public static final ClassName ACTIVATIONS = named(KERNEL, "Activations");
    public static final ClassName FORMULAS = named(KERNEL + ".elementwise", "Formulas");
    public static final ClassName LOSSES = named(KERNEL + ".loss", "Losses");
    public static final ClassName WINDOW = named(KERNEL + ".window", "Window");
    public static final ClassName ACTIVITY_PENALTIES = named(UPDATE, "ActivityPenalties");
    public static final ClassName REGULARIZER = named(REGULARIZERS, "Regularizer");
    public static final ClassName DOUBLE_FORMULA = named(RUNTIME + ".kernel.elementwise", "DoubleFormula");
    public static final ClassName PENALTY = named(REGULARIZERS, "Penalty");
    public static final ClassName GROUP_PENALTY = named(REGULARIZERS, "GroupPenalty");
    public static final ClassName L1 = named(REGULARIZERS, "L1");
    public static final ClassName L2 = named(REGULARIZERS, "L2");
    public static final ClassName L2_NORM = named(REGULARIZERS, "L2Norm");
    public static final ClassName GROUP_LASSO = named(REGULARIZERS, "GroupLasso");
    public static final ClassName ORTHOGONAL = named(REGULARIZERS, "Orthogonal");
    public static final ClassName DECAY = named(REGULARIZERS, "Decay");
    public static final ClassName MAX_NORM = named(REGULARIZERS, "MaxNorm");
    public static final ClassName MODE = named(REGULARIZERS, "Mode");
    public static final ClassName ARRAY = named("org.nd4j.linalg.api.ndarray", "INDArray");
    public static final ClassName DATA_TYPE = named("org.nd4j.linalg.api.buffer", "DataType");

    static final ClassName FLOAT = named("java.lang", "Float");
    public static final ClassName MATH = named("java.lang", "Math");
    public static final ClassName OVERRIDE = named("java.lang", "Override");
    public static final ClassName STRING = named("java.lang", "String");
    public static final ClassName SUPPLIER = named("java.util.function", "Supplier");
    static final ClassName GENERATED = named("javax.annotation.processing", "Generated");

    /** Methods that every generated class has or inherits. */
    public static final List<String> METHODS = List.of(
            "allocate",
            "backpropagate",
            "backpropagating",
            "backpropagatingToInputs",
            "backward",
            "backwardWith",
            "batchNormOf",
            "besides",
            "byPlace",
            "clone",
            "close",
            "compare",
            "constant",
            "create",
            "dataLoss",
            "dataLosses",
            "dataType",
            "declared",
            "dropoutInEval",
            "equals",
            "eval",
            "evaluating",
            "finalize",
            "follow",
            "forward",
            "forwardMemory",
            "freeze",
            "furtherIndices",
            "furtherInput",
            "getClass",
            "gradient",
            "hashCode",
            "indices",
            "input",
            "inputGradient",
            "isTraining",
            "labels",
            "load",
            "loss",
            "normal",
            "normalExcept",
            "note",
            "notes",
            "notify",
            "notifyAll",
            "optimizer",
            "optimizers",
            "optimizes",
            "orthogonal",
            "output",
            "parameter",
            "parameterCount",
            "parameters",
            "peakBytes",
            "penalties",
            "predict",
            "predicting",
            "propagating",
            "regularizer",
            "regularizers",
            "regularizesActivities",
            "requireGradient",
            "requireLoss",
            "resume",
            "sampleNormOf",
            "save",
            "saveCheckpoint",
            "seedRandom",
            "sparsity",
            "buffer",
            "indexBuffer",
            "statistic",
            "statistics",
            "stepMemory",
            "stepping",
            "tableGradient",
            "target",
            "toString",
            "train",
            "trainStep",
            "training",
            "truncatedNormal",
            "unfreeze",
            "uniform",
            "update",
            "updateScaled",
            "updates",
            "value",
            "wait",
            "zeroGradients");

    /** Methods that no loop of a formula may hide: those of every object, and those that loops call. */
    static final List<String> CALLED_IN_FUNCTIONS = List.of(
            "clone",
            "equals",
            "finalize",
            "getClass",
            "hashCode",
            "notify",
            "notifyAll",
            "sign",
            "step",
            "toString",
            "wait");

    private RuntimeTypes() {}

    /** The class of an optimizer. */
    public static ClassName optimizer(OptimizerKind kind) {
        return Objects.requireNonNull(OPTIMIZER_CLASSES.get(kind));
    }

    private static Map<OptimizerKind, ClassName> optimizers() {
        Map<OptimizerKind, ClassName> optimizers = new HashMap<>();
        for (OptimizerKind kind : OptimizerKind.ALL) {
            optimizers.put(kind, named(OPTIMIZERS, kind.runtimeClass()));
        }
        return optimizers;
    }

    private static ClassName named(String packageName, String simpleName) {
        ClassName type = ClassName.get(packageName, simpleName);
        ALL.add(type);
        return type;
    }

    /** Returns the simple names of the classes: members with such names would hide them. */
    static Set<String> simpleNames() {
        return ALL.stream().map(ClassName::simpleName).collect(Collectors.toCollection(TreeSet::new));
    }

    /** Returns the first segments of their qualified names: {@code java}, {@code org}. */
    static Set<String> roots() {
        return ALL.stream()
                .map(type -> type.packageName().substring(0, type.packageName().indexOf('.')))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
