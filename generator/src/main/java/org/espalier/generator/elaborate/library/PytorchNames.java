package org.espalier.generator.elaborate.library;

import java.util.Optional;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.PytorchWords;
import org.espalier.generator.elaborate.language.Signature;

/** Advice for PyTorch's functions, methods and qualified names, by what of the language there is for them. */
public final class PytorchNames {
    private PytorchNames() {}

    /** Advice for a function or a method of tensors: {@code relu}, {@code view}. */
    public static Optional<String> ofFunction(String name) {
        return PytorchWords.layerOfFunction(name)
                .flatMap(layer -> Builtins.named(layer)
                        .map(builtin -> builtin.kind() == Builtin.Kind.LOSS
                                ? "write loss " + layer + "()"
                                : "write " + layer + (takesArguments(layer) ? "(…)(x)" : "()(x)"))
                        .or(() -> PytorchWords.ofClass(layer)))
                .or(() -> PytorchWords.ofFunction(name));
    }

    /**
     * Advice for what stands behind a dot: {@code nn.Conv2d}, {@code F.relu}, {@code self.conv}, {@code x.view}.
     *
     * @param owner what stands before it
     */
    public static Optional<String> ofMember(String owner, String name) {
        if (owner.equals("self")) {
            return Optional.of("write '" + name + "' alone");
        }
        Optional<String> other = PytorchWords.ofMethod(name);
        if (other.isPresent() && !owner.endsWith("init")) {
            return other;
        }
        Optional<String> there = Builtins.named(name).isPresent() || StandardBlocks.isNamed(name)
                ? Optional.of("write '" + name + "' alone")
                : Optional.empty();
        return PytorchWords.isNamespace(owner)
                ? there.or(() -> PytorchWords.ofClass(name)).or(() -> ofFunction(name))
                : ofFunction(name).or(() -> PytorchWords.ofClass(name)).or(() -> there);
    }

    /** Tells whether a callee of the language needs arguments. */
    public static boolean takesArguments(String callee) {
        return Builtins.named(callee)
                .map(Builtin::signature)
                .filter(Signature::takesArguments)
                .isPresent();
    }
}
