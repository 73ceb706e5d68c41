package org.espalier.generator;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.espalier.generator.target.Target;
import org.espalier.generator.target.inference.InferenceTarget;
import org.espalier.generator.target.java.JavaTarget;

/** The targets by the names that Maven and the command line know them by. */
public final class Targets {
    /** Classes on ND4J, which train and predict. */
    public static final String JAVA = "java";

    /** Classes that need the JDK alone, which predict. */
    public static final String INFERENCE = "inference";

    /** JUnit 5 tests of the classes on ND4J. Goes with another target, not with the others in one folder. */
    public static final String TESTS = "tests";

    private static final Map<String, Target> BY_NAME = byName();

    private Targets() {}

    private static Map<String, Target> byName() {
        Map<String, Target> targets = new LinkedHashMap<>();
        targets.put(JAVA, new JavaTarget());
        targets.put(INFERENCE, program -> new InferenceTarget().generate(Predictions.of(program)));
        return targets;
    }

    /**
     * Returns a target that generates what each of some does.
     *
     * @param names {@code java}, {@code inference}, or both; {@code java} if there is none
     * @throws IllegalArgumentException if there is no such target
     */
    public static Target of(List<String> names) {
        List<Target> targets = (names.isEmpty() ? List.of(JAVA) : names)
                .stream().map(Targets::named).distinct().toList();
        return program -> targets.stream()
                .flatMap(target -> target.generate(program).stream())
                .toList();
    }

    private static Target named(String name) {
        if (name.equals(TESTS)) {
            return new GeneratedTests();
        }
        Target target = BY_NAME.get(name.strip());
        if (target == null && name.strip().equals("onnx")) {
            throw new IllegalArgumentException("expected a target, one of " + String.join(", ", BY_NAME.keySet())
                    + ", and found 'onnx': a model has weights, which only training makes; export it with"
                    + " espalier export NETWORK.net --weights NETWORK.safetensors");
        }
        if (target == null) {
            throw new IllegalArgumentException(
                    "expected a target, one of " + String.join(", ", BY_NAME.keySet()) + ", and found '" + name + "'");
        }
        return target;
    }
}
