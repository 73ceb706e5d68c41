package org.espalier.generator.elaborate.language;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.elaborate.language.Datum.Penalty;
import org.espalier.generator.ir.op.WindowGeometry.Sizes;
import org.espalier.generator.source.SourceSpan;

/**
 * The arguments of a call, converted to the types of the callee's parameters. The typed readers check ranges too: a
 * value out of range is reported, and a harmless one takes its place so that the other arguments are looked at as well.
 */
public final class Arguments {
    /** A number, a condition or a string, as opposed to what stands for one. */
    private static final Pattern LITERAL = Pattern.compile("-?[0-9.][0-9.eE+-]*|true|false|'[^']*'|\"[^\"]*\"");

    /** Number of characters up to which it takes no time to copy them. */
    private static final int SHORT = 1_000;

    private final Signature signature;
    private final Map<String, Datum> values;
    private final Map<String, SourceSpan> spans;
    private final SourceSpan call;
    private final Consumer<Diagnostic> report;
    private boolean sound = true;

    /**
     * Arguments.
     *
     * @param values what was given, by parameter
     * @param spans where, by parameter
     * @param call the whole call, for what was not given
     */
    public Arguments(
            Signature signature,
            Map<String, Datum> values,
            Map<String, SourceSpan> spans,
            SourceSpan call,
            Consumer<Diagnostic> report) {
        this.signature = signature;
        this.values = new LinkedHashMap<>(values);
        this.spans = spans;
        this.call = call;
        this.report = report;
        for (Signature.Formal formal : signature.formals()) {
            if (formal.fallback() instanceof Signature.Default.Constant constant) {
                this.values.putIfAbsent(formal.name(), constant.value());
            }
        }
    }

    /** Tells whether no argument was out of range so far. */
    public boolean areSound() {
        return sound;
    }

    /** The parameters, in the order of the signature. */
    public List<String> names() {
        return signature.formals().stream().map(Signature.Formal::name).toList();
    }

    /**
     * The call with values in place of the names and expressions that stand for them: {@code Conv2d(64, 128, 3)} of
     * {@code norm(inner, 2 * inner, kernel)}; empty if it was written like that, or with a list for several arguments.
     */
    public Optional<String> resolved() {
        List<String> written = spans.keySet().stream()
                .sorted(Comparator.comparingInt(name -> span(name).start()))
                .toList();
        boolean apart =
                written.stream().map(name -> span(name).start()).distinct().count() == written.size();
        if (written.isEmpty() || !apart) {
            return Optional.empty();
        }
        Map<String, String> texts = new HashMap<>();
        written.forEach(name -> texts.put(name, resolved(name)));
        if (written.stream().allMatch(name -> span(name).text().equals(texts.get(name)))) {
            return Optional.empty();
        }
        int at = call.file().text().lastIndexOf('(', span(written.get(0)).start() - 1) + 1;
        StringBuilder text = new StringBuilder(signature.callee()).append('(');
        for (String name : written) {
            text.append(between(at, span(name).start())).append(texts.get(name));
            at = span(name).end();
        }
        text.append(between(at, call.end()));
        return Optional.of(SourceSpan.quoted(text.toString()));
    }

    private String resolved(String name) {
        Datum value = get(name);
        boolean plain = value instanceof Datum.Int
                || value instanceof Datum.Real
                || value instanceof Datum.Bool
                || value instanceof Datum.Text;
        String text = span(name).text();
        return plain && !LITERAL.matcher(text).matches() ? value.describe() : text;
    }

    /** The text between two arguments, of which a long comment, which will not be quoted, is left out now. */
    private String between(int start, int end) {
        SourceSpan gap = new SourceSpan(call.file(), start, end);
        if (end - start <= SHORT) {
            return gap.text();
        }
        String words = gap.quotation();
        return words.isEmpty() ? words : words + " ";
    }

    public boolean has(String name) {
        return values.containsKey(name);
    }

    /** Tells whether it stands in the call, as opposed to having its default. */
    public boolean isWritten(String name) {
        return spans.containsKey(name);
    }

    /** Puts other values in the place of some. */
    public void replace(UnaryOperator<Datum> by) {
        values.replaceAll((name, value) -> by.apply(value));
    }

    public Datum get(String name) {
        return Objects.requireNonNull(values.get(name), name);
    }

    /** The arguments of a parameter that takes all further ones. */
    public List<Datum> rest(String name) {
        return has(name) ? Type.elements(get(name)) : List.of();
    }

    public SourceSpan span(String name) {
        return Objects.requireNonNullElse(spans.get(name), call);
    }

    public boolean isNone(String name) {
        return get(name) instanceof Datum.None;
    }

    public boolean bool(String name) {
        return ((Datum.Bool) get(name)).value();
    }

    public String text(String name) {
        return ((Datum.Text) get(name)).value();
    }

    public double real(String name) {
        return ((Datum.Real) get(name)).value();
    }

    /** A number of a range that a test tells, in words for the message: {@code between 0 and 1}. */
    public double real(String name, java.util.function.DoublePredicate range, String words) {
        double value = real(name);
        if (!range.test(value)) {
            outOfRange(name, words);
        }
        return value;
    }

    /** A whole number of at least {@code least}. */
    public int integer(String name, int least) {
        return integer(name, ((Datum.Int) get(name)).value(), least);
    }

    private int integer(String name, long value, int least) {
        if (value < least || value > Integer.MAX_VALUE) {
            outOfRange(name, value < least ? "at least " + least : "at most " + Integer.MAX_VALUE);
            return Math.max(1, least);
        }
        return (int) value;
    }

    /** A size along each of some axes, each at least {@code least}. */
    public Sizes sizes(String name, int least, int axes) {
        List<Integer> sizes = sizes(name, least);
        return sizes.size() == 1 ? Sizes.all(axes, sizes.get(0)) : new Sizes(sizes);
    }

    /** Sizes of axes, each at least {@code least}. */
    public List<Integer> sizes(String name, int least) {
        return Type.elements(get(name)).stream()
                .map(size -> integer(name, ((Datum.Int) size).value(), least))
                .toList();
    }

    /** Sizes of axes, each at least {@code least}; empty where there is none. */
    public List<Optional<Integer>> optionalSizes(String name, int least) {
        return Type.elements(get(name)).stream()
                .map(size -> size instanceof Datum.Int whole
                        ? Optional.of(integer(name, whole.value(), least))
                        : Optional.<Integer>empty())
                .toList();
    }

    /** Numbers that a test takes, in words for the message: {@code of at least 0}; none if none is given. */
    public List<Double> numbers(String name, java.util.function.DoublePredicate range, String words) {
        if (isNone(name)) {
            return List.of();
        }
        List<Double> numbers = Type.elements(get(name)).stream()
                .map(number -> ((Datum.Real) number).value())
                .toList();
        if (!numbers.stream().allMatch(range::test)) {
            outOfRange(name, words);
        }
        return numbers;
    }

    public Optional<Penalty> penalty(String name) {
        return get(name) instanceof Penalty penalty ? Optional.of(penalty) : Optional.empty();
    }

    /** Reports a parameter of a layer that would be larger than tensors can be. */
    public void checkSize(String parameter, Integer[] sizes) {
        checkSize(parameter, Arrays.stream(sizes).mapToLong(Integer::longValue).toArray());
    }

    /** Reports a parameter of a layer that would be larger than tensors can be. */
    public void checkSize(String parameter, long... sizes) {
        if (Limits.elements(sizes) > Limits.TENSOR_ELEMENTS) {
            complain(DiagnosticCode.TENSOR_TOO_LARGE.at(
                    call, "the " + parameter, Arrays.toString(sizes), Limits.TENSOR_ELEMENTS));
        }
    }

    /** Reports an argument whose value PyTorch knows and we do not. */
    public void only(String name, Datum supported) {
        if (!get(name).equals(supported)) {
            unsupported(name, name + "=" + supported.describe(), PytorchWords.ofValue(signature.callee(), name));
        }
    }

    public void unsupported(String name, String supported, Optional<String> help) {
        Diagnostic diagnostic = DiagnosticCode.UNSUPPORTED_ARGUMENT.at(
                span(name),
                signature.callee(),
                supported,
                name + "=" + get(name).describe());
        complain(help.map(diagnostic::withHelp).orElse(diagnostic));
    }

    public void outOfRange(String name, String words) {
        complain(DiagnosticCode.ARGUMENT_RANGE.at(
                span(name),
                name,
                signature.callee(),
                words,
                has(name) ? get(name).describe() : "nothing"));
    }

    public void complain(Diagnostic diagnostic) {
        sound = false;
        report.accept(diagnostic);
    }
}
