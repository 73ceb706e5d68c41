package org.espalier.generator.elaborate.language;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.diagnostic.Suggestions;
import org.espalier.generator.source.SourceSpan;
import org.espalier.generator.syntax.Expression;
import org.espalier.generator.syntax.Identifier;

/** Signature of a callee: its name, and the parameters that it takes. */
public final class Signature {
    /** Maximum number of parameters that a description names. */
    private static final int DESCRIBED = 20;

    /** Maximum number of parameters among which the one meant by a misspelt name is looked for. */
    private static final int SUGGESTED = 100;

    private final String callee;
    private final List<Formal> formals;
    private final boolean declared;
    private final Map<String, Formal> byName = new HashMap<>();
    private final List<Formal> byPosition;
    private final Optional<Formal> rest;
    private final boolean handsNamesOn;

    /**
     * A signature.
     *
     * @param callee its name
     * @param formals its parameters, in order
     * @param declared whether a specification declares it, rather than the language
     */
    public Signature(String callee, List<Formal> formals, boolean declared) {
        this(callee, formals, declared, false);
    }

    private Signature(String callee, List<Formal> formals, boolean declared, boolean handsNamesOn) {
        this.handsNamesOn = handsNamesOn;
        this.callee = callee;
        this.formals = List.copyOf(formals);
        this.declared = declared;
        this.byPosition = formals.stream()
                .filter(formal -> formal.passing() != Passing.BY_NAME)
                .toList();
        this.rest = formals.stream()
                .filter(formal -> formal.passing() == Passing.REST)
                .findFirst();
        for (Formal formal : formals) {
            if (formal.passing() != Passing.REST) {
                byName.putIfAbsent(formal.name(), formal);
            }
        }
    }

    /** The same with the arguments of a call as defaults. */
    public Signature withDefaults(Arguments arguments) {
        List<Formal> changed = formals.stream()
                .map(formal -> new Formal(
                        formal.name(),
                        formal.type(),
                        formal.optional(),
                        new Default.Constant(arguments.get(formal.name())),
                        formal.passing()))
                .toList();
        return new Signature(callee, changed, declared, handsNamesOn);
    }

    /** The callee's name. */
    public String callee() {
        return callee;
    }

    /** Tells whether a specification declares it, rather than the language. */
    public boolean declared() {
        return declared;
    }

    /** The parameters, in order. */
    public List<Formal> formals() {
        return formals;
    }

    /** True if a parameter must be given, and how. */
    public enum Passing {
        /** By position or by name. */
        EITHER,
        /** Only by name. */
        BY_NAME,
        /** All further positional arguments. */
        REST
    }

    /** A parameter. */
    public record Formal(String name, Type type, boolean optional, Default fallback, Passing passing) {
        /** Tells whether a call must give it. */
        public boolean isRequired() {
            return fallback instanceof Default.Required && passing != Passing.REST;
        }

        /** {@code bias=true}, {@code *layers}. */
        public String describe() {
            String written = "";
            if (fallback instanceof Default.Constant constant) {
                boolean choice = !type.choices().isEmpty() && constant.value() instanceof Datum.Text;
                written = "="
                        + (choice
                                ? ((Datum.Text) constant.value()).value()
                                : constant.value().describe());
            } else if (fallback instanceof Default.Written expression) {
                written = "=" + expression.expression().span().quotation();
            }
            return (passing == Passing.REST ? "*" : "") + name + written;
        }
    }

    /** Default of a parameter: its value when it is not given, or that it must be given. */
    public sealed interface Default {
        /** It must be given. */
        record Required() implements Default {}

        /** A built-in callee's default. */
        record Constant(Datum value) implements Default {}

        /** A default written in a specification; it may use the parameters before it. */
        record Written(Expression expression) implements Default {}
    }

    /** An argument as far as its place is concerned. */
    public record Slot(Optional<Identifier> name, SourceSpan span) {}

    /** Begins a signature. */
    public static Builder of(String callee) {
        return new Builder(callee);
    }

    /** Collects parameters. */
    public static final class Builder {
        private final String callee;
        private final List<Formal> formals = new ArrayList<>();
        private boolean handsNamesOn;
        private boolean declared;

        private Builder(String callee) {
            this.callee = callee;
        }

        public Builder required(String name, Type type) {
            return add(new Formal(name, type, false, new Default.Required(), Passing.EITHER));
        }

        public Builder with(String name, Type type, Datum fallback) {
            boolean optional = fallback instanceof Datum.None;
            return add(new Formal(name, type, optional, new Default.Constant(fallback), Passing.EITHER));
        }

        public Builder with(String name, long fallback) {
            return with(name, Type.INT, new Datum.Int(fallback));
        }

        public Builder with(String name, double fallback) {
            return with(name, Type.FLOAT, new Datum.Real(fallback));
        }

        /** A number that may be none. */
        public Builder withOptional(String name, double fallback) {
            return add(
                    new Formal(name, Type.FLOAT, true, new Default.Constant(new Datum.Real(fallback)), Passing.EITHER));
        }

        public Builder with(String name, boolean fallback) {
            return with(name, Type.BOOL, new Datum.Bool(fallback));
        }

        public Builder byName(String name, Type type, Datum fallback) {
            boolean optional = fallback instanceof Datum.None;
            return add(new Formal(name, type, optional, new Default.Constant(fallback), Passing.BY_NAME));
        }

        public Builder regularizers() {
            return ActivityPenalty.arguments(byName("weight_regularizer", Type.REGULARIZER, new Datum.None())
                    .byName("bias_regularizer", Type.REGULARIZER, new Datum.None()));
        }

        /** Regularizers of a layer that has a weight and no bias. */
        public Builder weightRegularizer() {
            return ActivityPenalty.arguments(byName("weight_regularizer", Type.REGULARIZER, new Datum.None()));
        }

        /** Of a callee that a specification declares. */
        public Builder declared() {
            declared = true;
            return this;
        }

        public Builder rest(String name, Type type) {
            return add(new Formal(name, type, false, new Default.Required(), Passing.REST));
        }

        public Builder add(Formal formal) {
            formals.add(formal);
            return this;
        }

        /** All further arguments, also those with names of their own, which the callee hands on. */
        public Builder handedOn(String name, Type type) {
            handsNamesOn = true;
            return rest(name, type);
        }

        public Signature build() {
            return new Signature(callee, formals, declared, handsNamesOn);
        }
    }

    /**
     * The arguments of the parameters, by index; empty if they do not fit, which is reported.
     *
     * @param complete whether these are all the arguments, and not some lists of arguments besides
     */
    public Optional<Map<Formal, List<Integer>>> assign(
            List<Slot> slots, boolean complete, SourceSpan calleeSpan, Consumer<Diagnostic> report) {
        Map<Formal, List<Integer>> assigned = new LinkedHashMap<>();
        int positional = 0;
        boolean fits = true;
        for (int i = 0; i < slots.size(); i++) {
            Slot slot = slots.get(i);
            Optional<Formal> formal =
                    slot.name().isPresent() ? named(slot.name().get().text()) : positional(positional++);
            if (formal.isEmpty()) {
                if (slot.name().isPresent()) {
                    report.accept(unknownArgument(slot.name().get(), slot));
                } else if (positional == byPosition.size() + 1) {
                    report.accept(tooMany(slots, slot.span()));
                }
                fits = false;
                continue;
            }
            List<Integer> already = assigned.computeIfAbsent(formal.get(), one -> new ArrayList<>());
            if (!already.isEmpty() && formal.get().passing() != Passing.REST) {
                report.accept(DiagnosticCode.ARGUMENT_GIVEN_TWICE.at(
                        slot.span(), formal.get().name(), callee));
                fits = false;
            }
            already.add(i);
        }
        for (Formal formal : formals) {
            if (complete && fits && formal.isRequired() && !assigned.containsKey(formal)) {
                report.accept(DiagnosticCode.MISSING_ARGUMENT
                        .at(calleeSpan, callee, formal.name())
                        .withHelp((declared ? Optional.<String>empty() : PytorchWords.ofMissing(callee, formal.name()))
                                .orElseGet(this::describe)));
                fits = false;
            }
        }
        return fits ? Optional.of(assigned) : Optional.empty();
    }

    /** The parameter that an argument goes to, if there is one: by its name, or by how many come before it. */
    public Optional<Formal> formal(Optional<Identifier> name, int index) {
        return name.isPresent() ? named(name.get().text()) : positional(index);
    }

    private Optional<Formal> named(String name) {
        Optional<Formal> own = Optional.ofNullable(byName.get(name));
        return own.isEmpty() && handsNamesOn ? rest : own;
    }

    private Optional<Formal> positional(int index) {
        return index < byPosition.size() ? Optional.of(byPosition.get(index)) : rest;
    }

    private Diagnostic unknownArgument(Identifier name, Slot slot) {
        List<String> names = formals.stream().limit(SUGGESTED).map(Formal::name).toList();
        Diagnostic diagnostic = DiagnosticCode.UNKNOWN_ARGUMENT.at(name.span(), callee, name);
        if (name.text().equals(ActivityPenalty.ARGUMENT)) {
            return diagnostic.withHelp("add ActivityRegularization(…) to the list, behind " + callee + "(…)");
        }
        Optional<String> advice = !declared
                ? PytorchWords.ofArgument(callee, name.text(), slot.span().text())
                : Optional.empty();
        if (advice.isPresent()) {
            return diagnostic.withHelp(advice.get());
        }
        Optional<String> meant = Suggestions.closest(name.text(), names);
        return meant.isPresent() ? diagnostic.withSuggestion(meant) : diagnostic.withHelp(describe());
    }

    private Diagnostic tooMany(List<Slot> slots, SourceSpan span) {
        long allowed = formals.stream()
                .filter(formal -> formal.passing() == Passing.EITHER)
                .count();
        long given = slots.stream().filter(slot -> slot.name().isEmpty()).count();
        String most = allowed == 0 ? "no argument" : allowed == 1 ? "1 argument" : "at most " + allowed + " arguments";
        Diagnostic diagnostic = DiagnosticCode.TOO_MANY_ARGUMENTS.at(span, callee, most, given);
        boolean maybeTensor = allowed == 0 && given == 1 && Character.isUpperCase(callee.codePointAt(0));
        return diagnostic.withHelp(
                maybeTensor ? PytorchWords.ofTensorAsArgument(callee, takesArguments(), span.text()) : describe());
    }

    /** Tells whether it needs arguments. */
    public boolean takesArguments() {
        return formals.stream().anyMatch(Formal::isRequired);
    }

    /** {@code Linear(in_features, out_features, bias=true)}. */
    public String describe() {
        List<String> parts = new ArrayList<>();
        for (Formal formal : formals.subList(0, Math.min(DESCRIBED, formals.size()))) {
            parts.add(formal.describe());
        }
        if (formals.size() > DESCRIBED) {
            parts.add("…");
        }
        return callee + "(" + String.join(", ", parts) + ")";
    }
}
