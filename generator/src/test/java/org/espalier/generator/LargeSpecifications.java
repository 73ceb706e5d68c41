package org.espalier.generator;

import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Specifications of one kind or another that get as large as one likes: each grows in another dimension. */
enum LargeSpecifications {
    LINES_WITHOUT_A_NETWORK(3_000_000, n -> "a=1\n".repeat(n)),
    BINDINGS(3_000_000, n -> network("a=1\n".repeat(n))),
    BINDINGS_IN_PLENTY(60_000, n -> network("a=1\n".repeat(n))),
    MANY_LAYERS(99_999, n -> trained("output y = sequential(repeat(" + n + ", Linear(4, 4)))(x)")),
    MANY_NETWORKS(
            1_000,
            n -> block("B", "", "return sequential(repeat(" + n + ", Linear(4, 4)))")
                    + lines(n, i -> "network N" + i + " { input x: float[batch, 4]\n output y = B()(x) }")),
    DISTINCT_BINDINGS(60_000, n -> network(lines(n, i -> "a" + i + " = " + i))),
    UNKNOWN_LAYERS(20_000, n -> network(lines(n, i -> "a" + i + " = Foo" + i + "()"))),
    UNKNOWN_NAMES(20_000, n -> network(lines(n, i -> "a" + i + " = b" + i))),
    UNKNOWN_ARGUMENTS(
            15_000,
            n -> block("B", lines(n, i -> ", a" + i + ": int = 1").substring(1), "return ReLU()")
                    + network("c = B(" + joined(n, i -> "b" + i + "=1") + ")")),
    ARGUMENTS(
            30_000,
            n -> block("B", joined(n, i -> "a" + i + ": int"), "return ReLU()")
                    + network("c = B(" + joined(n, i -> "1") + ")")),
    SYNTAX_ERRORS(49_000, n -> network("a = = 1\n".repeat(n))),
    UNREADABLE_CHARACTERS(3_000_000, n -> network("§\n".repeat(n))),
    UNFINISHED_STRINGS(60_000, n -> network("a = 'b\n".repeat(n))),
    LONG_NAMES(200, n -> network("x".repeat(n * 100) + " = 1")),
    LAYERS_OF_LONG_NAMES(
            2_980,
            n -> trained(letters('v', 190) + "0 = x\n"
                    + lines(n, i -> letters('v', 190) + (i + 1) + " = Linear(4, 4)(" + letters('v', 190) + i + ")")
                    + "output y = tanh(" + letters('v', 190) + n + ")")),
    LONG_PATHS(
            95,
            n -> block(
                            "B",
                            "level: int",
                            letters('p', 199) + " = if level == 0 then Linear(4, 4) else B(level - 1)\n"
                                    + letters('q', 199) + " = Linear(4, 4)\nreturn [" + letters('p', 199) + ", "
                                    + letters('q', 199) + "]")
                    + network("output y = B(" + n + ")(x)")),
    MANY_LONG_PATHS(
            10_000,
            n -> block(
                            "B",
                            "level: int",
                            letters('p', 190) + " = if level == 0 then sequential(repeat(" + n
                                    + ", Linear(4, 4))) else B(level - 1)\nreturn " + letters('p', 190))
                    + network("output y = B(20)(x)")),
    LAYERS(2_990, n -> trained("output y = sequential(repeat(" + n + ", Linear(4, 4)))(x)")),
    WRITTEN_LAYERS(2_990, n -> trained(lines(n, i -> "x = Linear(4, 4)(x)") + "output y = Linear(4, 4)(x)")),
    NORMS(2_990, n -> trained("output y = sequential(repeat(" + n + ", BatchNorm1d(4)))(x)")),
    ACTIVATIONS(2_990, n -> trained("output y = sequential([Linear(4, 4)] + repeat(" + n + ", Tanh()))(x)")),
    IN_PLACE(2_990, n -> trained("output y = sequential([Linear(4, 4)] + repeat(" + n + ", ReLU(inplace=true)))(x)")),
    BLOCKS(
            2_400,
            n -> block("B", "", "return residual([Linear(4, 4), Tanh()])")
                    + trained("output y = sequential(repeat(" + n + ", B()))(x)")),
    BLOCKS_AT_THE_LIMIT(
            990,
            n -> block("B", "", "return residual([Linear(4, 4), Tanh()])")
                    + trained("output y = sequential(repeat(" + n + ", B()))(x)")),
    BLOCKS_OF_THEIR_OWN(
            990,
            n -> lines(n, i -> block("B" + i, "", "return residual([Linear(4, 4), Tanh()])"))
                    + trained("output y = sequential(" + joined(n, i -> "B" + i + "()") + ")(x)")),
    BRANCHES(
            49_000,
            n -> trained(
                    "output y = sequential(branches(*repeat(" + n + ", Identity())), Linear(" + 4 * n + ", 4))(x)")),
    SUMS(4_900, n -> trained("a = Linear(4, 4)(x)\noutput y = add(" + joined(n, i -> "a") + ")")),
    SUMS_OF_BRANCHES(2_400, n -> trained("output y = branches(*repeat(" + n + ", Linear(4, 4)), merge=add)(x)")),
    DENSE(
            1_500,
            n -> trained("output y = sequential(" + joined(n, i -> "skip(Linear(" + (4 + 4 * i) + ", 4))") + ", Linear("
                    + (4 + 4 * n) + ", 4))(x)")),
    SHARED_LAYERS(
            60,
            n -> network("a0 = Identity()\n" + lines(n, i -> "a" + (i + 1) + " = sequential(a" + i + ", a" + i + ")")
                    + "output y = a" + n + "(x)")),
    SHARED_BRANCHES(
            60,
            n -> network("a0 = Linear(4, 4)\n"
                    + lines(n, i -> "a" + (i + 1) + " = branches(a" + i + ", a" + i + ", merge=add)") + "output y = a"
                    + n
                    + "(x)")),
    DOUBLED_TEXTS(60, n -> network("a0 = 'a'\n" + lines(n, i -> "a" + (i + 1) + " = a" + i + " + a" + i))),
    DOUBLED_TEXTS_IN_RECURSION(
            90,
            n -> block("B", "n: int, s: string", "return if n == 0 then ReLU() else B(n - 1, s + s)")
                    + network("output y = B(" + n + ", 'a')(x)")),
    LONG_TEXTS(12_000_000, n -> network("a = '" + "a".repeat(n) + "'\nb = a + 1")),
    DOUBLED_LISTS(60, n -> network("a0 = [1]\n" + lines(n, i -> "a" + (i + 1) + " = a" + i + " + a" + i))),
    LONG_LISTS(
            20_000, n -> network("a0 = repeat(" + n + ", 1)\n" + lines(n, i -> "a" + (i + 1) + " = a" + i + " + [1]"))),
    LISTS_AGAIN(20_000, n -> network("a = repeat(" + 5 * n + ", ReLU())\n" + lines(n, i -> "a" + i + " = a"))),
    COMPARED_LISTS(20_000, n -> network("a = repeat(" + 5 * n + ", 1)\n" + lines(n, i -> "a" + i + " = a == a"))),
    DOUBLED_PENALTIES(
            60,
            n -> "regularizer r(a) = w -> a * w * w\n"
                    + network("a0 = r(1)\n"
                            + lines(
                                    n,
                                    i -> "b" + i + " = r(" + (i + 2) + ")\na" + (i + 1) + " = a" + i + " + b" + i
                                            + " + a" + i)
                            + "output y = Linear(4, 4, weight_regularizer=a" + n + ")(x)")),
    PENALTIES(
            5_000,
            n -> "regularizer r(a) = w -> a * w * w\n"
                    + network("output y = Linear(4, 4, weight_regularizer=s)(x)"
                            .replace(
                                    "output",
                                    "s = r(1)\n" + lines(n, i -> "s" + i + " = r(" + (i + 1) + ")") + "output"))),
    CALLS_IN_ALL_DIRECTIONS(
            40,
            n -> block("B", "n: int", "return if n == 0 then 1 else B(n - 1) + B(n - 1)")
                    + network("a = B(" + n + ")")),
    REPEATED_REPEATS(5, n -> network("a = " + "repeat(99999, ".repeat(n) + "1" + ")".repeat(n))),
    NESTED_REPEATS_WITHOUT_ELEMENTS(4, n -> network("a = " + "repeat(99999, ".repeat(n) + "[]" + ")".repeat(n))),
    CLAUSES(
            12_000,
            n -> trained("m = repeat(" + n / 10 + ", Linear(4, 4))\noutput y = sequential(m)(x)\n"
                    + lines(n, i -> "regularize weights of m" + (i % (n / 10) + 1) + " by l2(1e-4)"))),
    CLAUSES_THAT_FIND_NOTHING(
            20_000,
            n -> trained("m = repeat(" + n / 10 + ", Linear(4, 4))\noutput y = sequential(m)(x)\n"
                    + lines(n, i -> "freeze k" + i))),
    LONG_SELECTORS(
            50_000,
            n -> trained(
                    "m = repeat(200, Linear(4, 4))\noutput y = sequential(m)(x)\nfreeze " + "**.".repeat(n) + "m1")),
    SELECTORS(
            30_000,
            n -> trained(
                    "m = repeat(2000, Linear(4, 4))\noutput y = sequential(m)(x)\nfreeze " + joined(n, i -> "**.m*"))),
    INPUTS(20_000, n -> network(lines(n, i -> "input x" + i + ": float[batch, 4]") + "output y = Linear(4, 4)(x)")),
    OUTPUTS(15_000, n -> network(lines(n, i -> "output y" + i + " = Linear(4, 4)(x)"))),
    TARGETS(20_000, n -> network(lines(n, i -> "target t" + i + ": float[batch, 4]") + "output y = Linear(4, 4)(x)")),
    LOSSES(3_000, n -> network("output y = Linear(4, 4)(x)\n" + lines(n, i -> "loss MSELoss()"))),
    NETWORKS_WITHIN_THE_LIMIT(
            500,
            n -> "regularizer r = w -> w * w\n"
                    + lines(
                            n,
                            i -> "network N" + i + " { input x: float[batch, 4]\n"
                                    + " output y = sequential(Linear(4, 4, weight_regularizer=r), Linear(4, 4))(x)\n"
                                    + " loss MSELoss()\n optimizer Adam()\n}")),
    NETWORKS(8_000, n -> lines(n, i -> "network N" + i + " { input x: float[batch, 4]\n output y = Linear(4, 4)(x) }")),
    DECLARATIONS(19_000, n -> lines(n, i -> "block B" + i + "() { return ReLU() }") + network("output y = B1()(x)")),
    REGULARIZERS(
            10_000, n -> lines(n, i -> "regularizer r" + i + " = w -> w * w") + network("output y = Linear(4, 4)(x)")),
    IMPORTS(
            20_000,
            n -> lines(n, i -> "import A" + i + " from 'a" + i + ".net'") + network("output y = Linear(4, 4)(x)")),
    DIGITS(5_000_000, n -> network("a = " + "9".repeat(n))),
    DECIMALS(5_000_000, n -> network("a = 0." + "0".repeat(n) + "1")),
    COMMENT(12_000_000, n -> network("/*" + "*".repeat(n) + "*/")),
    COMMENT_IN_A_REPEATED_CALL(
            1_000_000,
            n -> trained("k = 4\noutput y = sequential(repeat(" + (1 + n / 335) + ", Linear(k, 4 /* "
                    + "a ".repeat(n / 2) + "*/)))(x)")),
    DOCUMENTATION(12_000_000, n -> "/** " + "word ".repeat(n / 5) + "*/\n" + network("output y = Linear(4, 4)(x)")),
    BLANK_LINES(12_000_000, n -> network("\n".repeat(n))),
    SHAPES(
            99_000,
            n -> "network N {\n input x: float[batch, " + joined(n, i -> "1")
                    + "]\n output y = sequential(ReLU(), Flatten())(x)\n}\n"),
    OPERATORS(99_000, n -> network("a = 1" + " + 1".repeat(n))),
    ARROWS(99_000, n -> "regularizer r = w -> w * w" + " * w".repeat(n) + "\n" + network("output y = Linear(4, 4)(x)")),
    ARGUMENTS_OF_MAX(
            99_000,
            n -> "regularizer r = w -> max(w, " + joined(n, i -> "1") + ")\n"
                    + trained("output y = Linear(4, 4, weight_regularizer=r)(x)")),
    AXES(
            20_000,
            n -> network("b = x.reshape(batch" + ", 1".repeat(n) + ", 4)\nc = b\n"
                    + lines(n / 20, i -> "c = tanh(c) + b") + "output y = c")),
    RECURRENT_LAYERS(
            1_000_000_000,
            n -> trained("output y = LSTM(4, 4, num_layers=" + n + ", batch_first=true)(x.unsqueeze(1))")),
    RECURRENCES(
            700, n -> trained("output y = sequential(repeat(" + n + ", GRU(4, 4, batch_first=true)))(x.unsqueeze(1))")),
    PERMUTATIONS(
            2_900,
            n -> trained("a = Linear(4, 24)(x).reshape(batch, 2, 3, 4)\n" + lines(n, i -> "a = a.permute(0, 2, 3, 1)")
                    + "output y = a")),
    PARAMETERS_OF_ONES_OWN(
            2_900,
            n -> trained("a = x\n"
                    + lines(n, i -> "parameter p" + i + ": float[4] = constant(1)\na = a * p" + i)
                    + "output y = a")),
    TIED_WEIGHTS(
            2_900,
            n -> trained("e = Linear(4, 4)\na = e(x)\n" + lines(n, i -> "a = linear(a, e.weight, e.bias)")
                    + "output y = a")),
    USES_OF_ONE_VALUE(
            1_400, n -> trained("a = Linear(4, 4)(x)\nb = a\n" + lines(n, i -> "b = b * a + a") + "output y = b")),
    VALUES_OF_TWO_BEFORE(
            1_400,
            n -> trained("a0 = Linear(4, 4)(x)\na1 = tanh(a0)\n"
                    + lines(n, i -> "a" + (i + 2) + " = maximum(a" + (i + 1) + ", a" + i + ")")
                    + "output y = a" + (n + 1))),
    CONDITIONS(
            1_400,
            n -> trained(
                    "a = Linear(4, 4)(x)\n" + lines(n, i -> "a = where(a > " + i + ", a, 0.1 * a)") + "output y = a")),
    REDUCTIONS(
            900,
            n -> trained("a = Linear(4, 4)(x)\n" + lines(n, i -> "a = a - a.logsumexp(dim=1, keepdim=true)")
                    + "output y = a")),
    TENSORS_IN_A_FORMULA(
            1_000,
            n -> "layer K = (" + joined(n, i -> "x" + i) + ") -> " + balanced(n, i -> "x" + i + " * x" + (i + 1) % n)
                    + "\n"
                    + trained(lines(n, i -> "a" + i + " = Linear(4, 4)(x)") + "output y = K()("
                            + joined(n, i -> "a" + i) + ")")),
    FACTORS_IN_A_FORMULA(
            1_400,
            n -> "layer K = x -> " + balanced(n, i -> "(x - " + i + ")") + "\n"
                    + trained("output y = K()(Linear(4, 4)(x))")),
    FACTORS_IN_A_LOSS(
            2_000,
            n -> "loss K = (y, t) -> " + balanced(n, i -> "(y - " + i + " * t)") + "\n"
                    + network("output y = Linear(4, 4)(x)\nloss K()\noptimizer Adam()")),
    TENSOR_SUMS(240, n -> trained("a = Linear(4, 4)(x)\noutput y = a" + " + a".repeat(n))),
    TENSOR_SUMS_IN_PLENTY(99_000, n -> trained("a = Linear(4, 4)(x)\noutput y = a" + " + a".repeat(n))),
    LINES_OF_SUMS(
            240,
            n -> trained("a = Linear(4, 4)(x)\n" + lines(12, i -> "a = a" + " * 1.5 - 2".repeat(n / 2))
                    + "output y = a")),
    POWERS(99_000, n -> trained("a = Linear(4, 4)(x)\noutput y = a" + " ** 2".repeat(n))),
    NESTED_FUNCTIONS(
            40_000, n -> trained("a = Linear(4, 4)(x)\noutput y = " + "tanh(".repeat(n) + "a" + ")".repeat(n))),
    FUNCTIONS_ONE_AFTER_THE_OTHER(
            1_400, n -> trained("a = Linear(4, 4)(x)\n" + lines(n, i -> "a = tanh(a * " + i + ")") + "output y = a")),
    METHODS(19_000, n -> trained("output y = Linear(4, 4)(x)" + ".view(batch, 2, 2).view(batch, 4)".repeat(n / 2))),
    VIEWS(
            2_900,
            n -> trained("a = Linear(4, 4)(x)\n" + lines(n / 2, i -> "a = a.view(batch, 2, 2)\na = a.view(batch, 4)")
                    + "output y = a")),
    SUBSCRIPTS(20_000, n -> network("output y = x[:" + ", 0:1".repeat(n) + "]")),
    SUBSCRIPTS_OF_SUBSCRIPTS(24_000, n -> trained("output y = Linear(4, 4)(x)" + "[:, 0:4]".repeat(n))),
    PARTS(2_900, n -> trained("a = Linear(4, 4)(x)\n" + lines(n, i -> "a = a[:, 0:4]") + "output y = a")),
    PARTS_OF_ONE(
            199,
            n -> network("input z: float[batch, " + n + "]\noutput y = cat(["
                    + joined(n, i -> "z[:, " + i + ":" + (i + 1) + "]")
                    + "], dim=1)\nloss MSELoss()\noptimizer Adam()")),
    JOINED_TENSORS(50_000, n -> trained("a = Linear(4, 4)(x)\noutput y = cat([" + joined(n, i -> "a") + "], dim=1)")),
    STACKED_TENSORS(
            50_000, n -> trained("a = Linear(4, 4)(x)\noutput y = stack([" + joined(n, i -> "a") + "], dim=1)")),
    REPEATED_TENSORS(99_000, n -> trained("a = Linear(4, 4)(x)\noutput y = cat(repeat(" + n + ", a), dim=1)")),
    CHUNKS(
            99_000,
            n -> network("input z: float[batch, " + n + "]\na = chunk(z, " + n + ", dim=1)\noutput y = cat(a, dim=1)")),
    CHUNKS_OF_CHUNKS(
            1_400,
            n -> trained("a = Linear(4, 4)(x)\n"
                    + lines(n / 2, i -> "b, c = chunk(a, 2, dim=1)\na = cat([c, b], dim=1)") + "output y = a")),
    REPEATED_CHUNKS(
            14,
            n -> network("input z: float[batch, 199]\n" + lines(n, i -> "a" + i + " = cat(chunk(z, 199, dim=1), dim=1)")
                    + "output y = a0\nloss MSELoss()\noptimizer Adam()")),
    CHUNKS_AGAIN(99_000, n -> network("a = chunk(x, 4, dim=1)\nb = repeat(" + n + ", a)\noutput y = cat(b, dim=1)")),
    SPLITS(
            99_000,
            n -> network("input z: float[batch, " + n + "]\na = split(z, repeat(" + n
                    + ", 1), dim=1)\noutput y = stack(a, dim=1)")),
    EINSUM_OPERANDS(
            20_000,
            n -> trained("a = Linear(4, 4)(x)\noutput y = einsum('" + "ij,".repeat(n - 1) + "ij->ij', "
                    + joined(n, i -> "a") + ")")),
    EINSUM_LETTERS(12_000_000, n -> network("output y = einsum('" + "i".repeat(n) + "->i', x)")),
    EINSUM_SPACES(12_000_000, n -> network("output y = einsum('ij" + " ".repeat(n) + "->ij', x)")),
    EINSUMS(
            2_400,
            n -> trained("a = Linear(4, 4)(x)\n"
                    + lines(n / 12, i -> "a = einsum('" + "bi,".repeat(11) + "bi->bi'" + ", a".repeat(12) + ")")
                    + "output y = a")),
    BUFFERS_BEYOND_MEMORY(
            99_999, n -> network("buffer b: float[" + n + ", " + n + "] = (i, j) -> i + j\noutput y = x + b[0, 0:4]")),
    WRITTEN_BUFFERS(
            10_000, n -> network(lines(n, i -> "buffer b" + i + ": float[4, 4] = tril()\n") + "output y = x @ b0")),
    LARGE_BUFFERS(
            1_000,
            n -> network(lines(n, i -> "buffer b" + i + ": float[30000, 30000] = (i, j) -> i * j")
                    + "output y = x + b0[0, 0:4]")),
    BUFFERS_OF_PLACES(
            46_000, n -> network("buffer b: int[" + n + ", 4] = (i, j) -> (i * 7 + j) % 4\noutput y = x[:, b[0]]")),
    FORMULAS_OF_BUFFERS(240, n -> network("buffer b: float[4] = i -> i" + " + i % 7".repeat(n) + "\noutput y = x + b")),
    CONDITIONS_OF_BUFFERS(
            200,
            n -> network("buffer b: float[4] = i -> " + "if i < 2 then ".repeat(n) + "i" + " else i * i".repeat(n)
                    + "\noutput y = x + b")),
    DEFAULTS(
            19_000,
            n -> block(
                            "B",
                            "a0: int = 1" + joinedAfter(n, i -> "a" + (i + 1) + ": int = a" + i + " + a" + i),
                            "return ReLU()")
                    + network("output y = B()(x)")),
    DOUBLED_DEFAULTS(
            90,
            n -> block(
                            "B",
                            "a0: string = 'a'" + joinedAfter(n, i -> "a" + (i + 1) + ": string = a" + i + " + a" + i),
                            "return ReLU()")
                    + network("output y = B()(x)")),
    DEFAULTS_OF_BLOCKS(
            95,
            n -> block("B", "n: int, b: block = B", "return if n == 0 then ReLU() else b(n - 1)")
                    + network("output y = sequential(repeat(10, B(" + n + ")))(x)")),
    WEIGHTED_LOSSES(
            3_000,
            n -> network("output y = Linear(4, 4)(x)\ntarget t: float[batch, 4]\nloss "
                    + IntStream.range(0, n)
                            .mapToObj(i -> "0.5 * MSELoss()(y, t)")
                            .collect(Collectors.joining(" + "))
                    + "\noptimizer Adam()")),
    LOSSES_IN_PLENTY(
            99_000,
            n -> network("output y = Linear(4, 4)(x)\ntarget t: float[batch, 4]\nloss MSELoss()(y, t)"
                    + " + MSELoss()(y, t)".repeat(n) + "\noptimizer Adam()")),
    ARGUMENTS_OF_A_LAYER_FORMULA(
            99_000,
            n -> "layer K = x -> max(x, " + joined(n, i -> "1") + ")\n" + trained("output y = K()(Linear(4, 4)(x))")),
    NESTED_LAYER_FORMULAS(
            60,
            n -> "layer K = x -> " + "abs(max(x, ".repeat(n) + "x - 0.1" + "))".repeat(n) + "\n"
                    + trained("output y = K()(Linear(4, 4)(x))")),
    NESTED_LOSS_FORMULAS(
            60,
            n -> "loss K = (y, t) -> " + "abs(max(y - t, ".repeat(n) + "y - 0.1" + "))".repeat(n) + "\n"
                    + network("output y = Linear(4, 4)(x)\nloss K()\noptimizer Adam()")),
    NESTED_PENALTIES(
            60,
            n -> "regularizer r = w -> " + "abs(max(w, ".repeat(n) + "w - 0.1" + "))".repeat(n) + "\n"
                    + trained("output y = Linear(4, 4, weight_regularizer=r)(x)")),
    LINES_OF_MAX(
            200,
            n -> "regularizer r = w -> max(" + joined(n, i -> i + " * w - " + i + " / 10") + ")\n"
                    + trained("output y = Linear(4, 4, weight_regularizer=r)(x)")),
    LARGE_INPUTS(99_999, n -> trained("input z: float[batch, " + n + ", " + n + "]\noutput y = tanh(z)")),
    EXPANSIONS(
            2_147_483_647, n -> trained("a = Linear(4, 4)(x).unsqueeze(1)\noutput y = expand(a, batch, " + n + ", 4)")),
    REPEATED_EXPANSIONS(
            60, n -> network("a = x.unsqueeze(1)\n" + lines(n, i -> "a = cat([a, a], dim=1)") + "output y = a")),
    LAYERS_OF_A_FOLD(99_999, n -> trained("output y = through(repeat(" + n + ", Linear(4, 4)), x)")),
    TRANSFORMERS(
            99_999,
            n -> trained("output y = TransformerEncoder(TransformerEncoderLayer(4, 2, batch_first=true), " + n
                    + ")(x.unsqueeze(1))")),
    MISMATCHES(
            10_000,
            n -> network("m = repeat(" + n + ", Linear(4, 4))\n"
                    + lines(n / 10, i -> "y" + i + " = sequential(m + [Linear(5, 5)])(x)")));

    private final int size;
    private final IntFunction<String> text;

    LargeSpecifications(int size, IntFunction<String> text) {
        this.size = size;
        this.text = text;
    }

    /** A specification, so much smaller than one that exhausts a compiler without limits. */
    String text(IntUnaryOperator smaller) {
        return text.apply(smaller.applyAsInt(size));
    }

    private static String network(String body) {
        return "network N {\ninput x: float[batch, 4]\n" + body + "\n}\n";
    }

    private static String trained(String body) {
        return network(body + "\nloss MSELoss()\noptimizer Adam(lr=1e-3)");
    }

    private static String block(String name, String parameters, String body) {
        return "block " + name + "(" + parameters + ") {\n" + body + "\n}\n";
    }

    private static String lines(int count, IntFunction<String> line) {
        return IntStream.range(0, count).mapToObj(line).map(text -> text + "\n").collect(Collectors.joining());
    }

    private static String joined(int count, IntFunction<String> part) {
        return IntStream.range(0, count).mapToObj(part).collect(Collectors.joining(", "));
    }

    private static String joinedAfter(int count, IntFunction<String> part) {
        return count == 0 ? "" : ", " + joined(count, part);
    }

    /** The product of factors, in as few levels of parentheses as it takes. */
    private static String balanced(int count, IntFunction<String> factor) {
        List<String> factors = IntStream.range(0, count).mapToObj(factor).toList();
        while (factors.size() > 1) {
            List<String> before = factors;
            factors = IntStream.range(0, (before.size() + 1) / 2)
                    .mapToObj(i -> 2 * i + 1 < before.size()
                            ? "(" + before.get(2 * i) + " * " + before.get(2 * i + 1) + ")"
                            : before.get(2 * i))
                    .toList();
        }
        return factors.get(0);
    }

    private static String letters(char letter, int count) {
        return String.valueOf(letter).repeat(count);
    }
}
