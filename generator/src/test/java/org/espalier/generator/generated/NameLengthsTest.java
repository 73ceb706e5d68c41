package org.espalier.generator.generated;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.espalier.generator.Compilation;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.Targets;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.target.GeneratedSource;
import org.junit.jupiter.api.Test;

/** Classes of names that are as long as names may be, or just do not fit a line, which says nothing else then. */
class NameLengthsTest {
    private static final String TEXT = """
            regularizer r_(d_) = w_ -> d_ * w_ * w_
            block B_(n_: int) {
                s_ = if n_ == 0 then Linear(4, 4) else B_(n_ - 1)
                return residual(s_)
            }
            block C_(h_: int) {
                l_ = Linear(4, 4)
                m_ = BatchNorm1d(4)
                u_ = LSTM(4, h_, batch_first=true)
                input i_
                a_ = m_(l_(i_))
                output o_ = u_(a_.unsqueeze(1)).squeeze(1) + a_
            }
            network N_ {
                input x_: float[batch, 4]
                input k_: int[batch]
                parameter p_: float[4] = constant(1)
                buffer b_: float[4] = j_ -> j_
                q_ = repeat(3, C_(4))
                e_ = Embedding(10, 4)
                g_ = Linear(4, 4, weight_regularizer=r_(0.1))
                target t_: float[batch, 4]
                output y_ = sequential(q_ + [B_(2), g_])(x_) + e_(k_) * p_ + b_
                output z_ = where(x_ > 0, softmax(cat([y_, x_], dim=1)[:, 0:4], dim=1), maximum(y_, x_)) @ g_.weight
                loss MSELoss()(y_, t_) + 0.5 * MSELoss()(z_, t_)
                optimizer Adam(lr=1e-3)
            }
            """;

    private static String text(int length) {
        return Pattern.compile("\\b(\\w)_")
                .matcher(TEXT)
                .replaceAll(
                        (MatchResult name) -> name.group(1).repeat(name.group(1).equals("N") ? length / 2 : length));
    }

    @Test
    void namesOfAllLengthsCompile() {
        List<GeneratedSource> sources = new ArrayList<>();
        for (int length : IntStream.of(60, 100, 110, 120, 200).toArray()) {
            Compilation compilation =
                    NetCompiler.compile(CompilationRequest.of(new SourceFile("long.net", text(length)))
                            .with(Targets.of(List.of(Targets.JAVA, Targets.INFERENCE))));
            assertThat(compilation.diagnostics()).isEmpty();
            sources.addAll(compilation.sources());
        }

        assertThat(GeneratedCode.compile(sources).classFiles()).hasSizeGreaterThanOrEqualTo(sources.size());
    }
}
