package org.espalier.generator.emit;

import com.palantir.javapoet.ClassName;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The classes that generated code names. The generator has them by name only: it never sees the runtime. */
final class RuntimeTypes {
    private static final Set<ClassName> ALL = new LinkedHashSet<>();

    private static final String RUNTIME = "org.espalier.runtime";
    private static final String KERNEL = RUNTIME + ".kernel";
    private static final String OPTIM = RUNTIME + ".optim";

    static final ClassName NETWORK = named(RUNTIME, "Network");
    static final ClassName PART = NETWORK.nestedClass("Part");
    static final ClassName SUPERVISED = named(RUNTIME, "Supervised");
    static final ClassName GENERATED_NETWORK = named(RUNTIME, "GeneratedNetwork");
    static final ClassName INIT = named(RUNTIME, "Init");
    static final ClassName MEMORY = named(RUNTIME, "Memory");
    static final ClassName PARAMETER = named(RUNTIME, "Parameter");
    static final ClassName STEP_REPORT = named(RUNTIME, "StepReport");
    static final ClassName KERNELS = named(KERNEL, "Kernels");
    static final ClassName ACTIVATIONS = named(KERNEL, "Activations");
    static final ClassName LOSSES = named(KERNEL, "Losses");
    static final ClassName WINDOW = named(KERNEL, "Window");
    static final ClassName ADAM = named(OPTIM, "Adam");
    static final ClassName ADAM_W = named(OPTIM, "AdamW");
    static final ClassName ADAGRAD = named(OPTIM, "Adagrad");
    static final ClassName RMS_PROP = named(OPTIM, "RmsProp");
    static final ClassName SGD = named(OPTIM, "Sgd");
    static final ClassName ACTIVITY_PENALTIES = named(OPTIM, "ActivityPenalties");
    static final ClassName REGULARIZER = named(OPTIM, "Regularizer");
    static final ClassName PENALTY = named(OPTIM, "Penalty");
    static final ClassName GROUP_PENALTY = named(OPTIM, "GroupPenalty");
    static final ClassName L1 = named(OPTIM, "L1");
    static final ClassName L2 = named(OPTIM, "L2");
    static final ClassName L2_NORM = named(OPTIM, "L2Norm");
    static final ClassName GROUP_LASSO = named(OPTIM, "GroupLasso");
    static final ClassName ORTHOGONAL = named(OPTIM, "Orthogonal");
    static final ClassName DECAY = named(OPTIM, "Decay");
    static final ClassName MAX_NORM = named(OPTIM, "MaxNorm");
    static final ClassName MODE = named(OPTIM, "Mode");
    static final ClassName ARRAY = named("org.nd4j.linalg.api.ndarray", "INDArray");
    static final ClassName DATA_TYPE = named("org.nd4j.linalg.api.buffer", "DataType");

    static final ClassName FLOAT = named("java.lang", "Float");
    static final ClassName MATH = named("java.lang", "Math");
    static final ClassName OVERRIDE = named("java.lang", "Override");
    static final ClassName GENERATED = named("javax.annotation.processing", "Generated");

    /** Methods that every generated class has or inherits. */
    static final List<String> METHODS = List.of(
            "allocate",
            "backpropagate",
            "backpropagating",
            "backward",
            "clone",
            "close",
            "constant",
            "create",
            "dataLoss",
            "dataType",
            "declared",
            "equals",
            "eval",
            "evaluating",
            "finalize",
            "forward",
            "freeze",
            "furtherInput",
            "getClass",
            "gradient",
            "hashCode",
            "input",
            "inputGradient",
            "isTraining",
            "labels",
            "load",
            "loss",
            "memoryFixed",
            "memoryPerSample",
            "normal",
            "notify",
            "notifyAll",
            "optimizer",
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
            "requireLoss",
            "resume",
            "save",
            "saveCheckpoint",
            "seedRandom",
            "shape",
            "sparsity",
            "statistic",
            "statistics",
            "stepping",
            "target",
            "toString",
            "train",
            "trainStep",
            "unfreeze",
            "uniform",
            "update",
            "updates",
            "wait",
            "zeroGradients");

    private RuntimeTypes() {}

    private static ClassName named(String packageName, String simpleName) {
        ClassName type = ClassName.get(packageName, simpleName);
        ALL.add(type);
        return type;
    }

    /** What the classes are called where they are imported: what would hide them. */
    static Set<String> simpleNames() {
        return ALL.stream().map(ClassName::simpleName).collect(Collectors.toCollection(TreeSet::new));
    }

    /** What their qualified names begin with: {@code java}, {@code org}. */
    static Set<String> roots() {
        return ALL.stream()
                .map(type -> type.packageName().substring(0, type.packageName().indexOf('.')))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
