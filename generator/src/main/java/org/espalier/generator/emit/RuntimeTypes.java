package org.espalier.generator.emit;

import com.palantir.javapoet.ClassName;
import java.util.List;

/** The classes that generated code names. The generator has them by name only: it never sees the runtime. */
final class RuntimeTypes {
    private static final String RUNTIME = "org.espalier.runtime";
    private static final String KERNEL = RUNTIME + ".kernel";
    private static final String OPTIM = RUNTIME + ".optim";

    static final ClassName NETWORK = ClassName.get(RUNTIME, "Network");
    static final ClassName PART = NETWORK.nestedClass("Part");
    static final ClassName SUPERVISED = ClassName.get(RUNTIME, "Supervised");
    static final ClassName GENERATED_NETWORK = ClassName.get(RUNTIME, "GeneratedNetwork");
    static final ClassName INIT = ClassName.get(RUNTIME, "Init");
    static final ClassName MEMORY = ClassName.get(RUNTIME, "Memory");
    static final ClassName PARAMETER = ClassName.get(RUNTIME, "Parameter");
    static final ClassName STEP_REPORT = ClassName.get(RUNTIME, "StepReport");
    static final ClassName KERNELS = ClassName.get(KERNEL, "Kernels");
    static final ClassName ACTIVATIONS = ClassName.get(KERNEL, "Activations");
    static final ClassName LOSSES = ClassName.get(KERNEL, "Losses");
    static final ClassName WINDOW = ClassName.get(KERNEL, "Window");
    static final ClassName ADAM = ClassName.get(OPTIM, "Adam");
    static final ClassName ADAM_W = ClassName.get(OPTIM, "AdamW");
    static final ClassName ADAGRAD = ClassName.get(OPTIM, "Adagrad");
    static final ClassName RMS_PROP = ClassName.get(OPTIM, "RmsProp");
    static final ClassName SGD = ClassName.get(OPTIM, "Sgd");
    static final ClassName ACTIVITY_PENALTIES = ClassName.get(OPTIM, "ActivityPenalties");
    static final ClassName REGULARIZER = ClassName.get(OPTIM, "Regularizer");
    static final ClassName PENALTY = ClassName.get(OPTIM, "Penalty");
    static final ClassName GROUP_PENALTY = ClassName.get(OPTIM, "GroupPenalty");
    static final ClassName L1 = ClassName.get(OPTIM, "L1");
    static final ClassName L2 = ClassName.get(OPTIM, "L2");
    static final ClassName L2_NORM = ClassName.get(OPTIM, "L2Norm");
    static final ClassName GROUP_LASSO = ClassName.get(OPTIM, "GroupLasso");
    static final ClassName ORTHOGONAL = ClassName.get(OPTIM, "Orthogonal");
    static final ClassName DECAY = ClassName.get(OPTIM, "Decay");
    static final ClassName MAX_NORM = ClassName.get(OPTIM, "MaxNorm");
    static final ClassName MODE = ClassName.get(OPTIM, "Mode");
    static final ClassName ARRAY = ClassName.get("org.nd4j.linalg.api.ndarray", "INDArray");
    static final ClassName DATA_TYPE = ClassName.get("org.nd4j.linalg.api.buffer", "DataType");

    /** Methods that every generated class has or inherits. */
    static final List<String> METHODS = List.of(
            "allocate",
            "backpropagate",
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
            "parameter",
            "parameterCount",
            "parameters",
            "peakBytes",
            "penalties",
            "predict",
            "predicting",
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
}
