package org.espalier.generator;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.generated.GeneratedCode;
import org.espalier.generator.source.SourceFile;
import org.espalier.generator.target.GeneratedSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Specifications come from other people's jars: whatever their comments, strings and file names say, the class made of
 * them is the same but for what its own comments and literals say.
 */
@Tag(Rounds.TAG)
class UntrustedSpecificationsTest {
    /** All of them in a few specifications in the quick loop, each in one of its own in the other. */
    private static final List<String> TEXTS = Rounds.of(0, 1) == 0 ? HostileTexts.together(10) : HostileTexts.all(300);

    /** A network with a text wherever one can be. */
    private static SourceFile specification(int number, String text) {
        String block = text.replace("*/", "* /").replaceFirst("/$", "/ ");
        String line = text.replaceAll("[\r\n]", " ");
        String string = text.replaceAll("[\r\n]", " ").replace("\\", "\\\\").replace("'", "\\'");
        String name = text.isEmpty() ? "test" : text.replace('/', '!');
        return new SourceFile(name + ".net", """
                package com.example.untrusted

                /** {block} */
                regularizer huber(d, s: string = '{string}') = w -> /* {block} */ if abs(w) < d // {line}
                    then w * w / 2 else d * (abs(w) - d / 2)

                /** {block} */
                regularizer grouped = w -> sqrt(sum(w * w, axis=0 /* {block} */) + 1e-8)

                /** {block} */
                layer Gate(beta: float = 1, s: string = '{string}') = (x, gate /* {block} */) -> x * tanh(beta * gate) // {line}

                /** {block} */
                loss Near(eps = 1e-3 /* {block} */) = (y, t) -> /* {block} */ sqrt((y - t) ** 2 + eps ** 2) // {line}

                /** {block} */
                block Scaled(size: int, s: string) {
                    parameter weight: float[size /* {block} */] = normal(0, /* {block} */ 1) // {line}
                    input x // {line}
                    output y = x * /* {block} */ weight // {line}
                }

                block Named(name: string) {
                    inner = Linear(4, 4) // {line}
                    return [inner, ReLU(/* {block} */)]
                }

                /** {block} */
                network N{number} {
                    input x: float[batch, /* {block} */ 4] // {line}
                    first  = Linear(4, /* {block} */ 4, weight_regularizer=0.01 * huber(0.1, '{string}') + l1(1e-5 /* {block} */))
                    second = Linear(4, 4, weight_regularizer=grouped, // {line}
                                    bias_regularizer=(if '{string}' == 'harmless ' then none else l2(1e-4 /* {block} */)))
                    output y = sequential(first, Named('{string}'), second /* {block} */)(x)
                    loss /* {block} */ 2 * MSELoss() // {line}
                    optimizer SGD(/* {block} */ lr=0.1) // {line}
                }

                /** {block} */
                network W{number} {
                    input token: int[batch, /* {block} */ 4] // {line}
                    input x: float[batch, /* {block} */ 8] with /* {block} */ gradient // {line}
                    parameter shift: float[8 /* {block} */] = uniform(/* {block} */ 1) // {line}
                    table = Embedding(10, /* {block} */ 8) // {line}
                    scaled = Scaled(8, '{string}')
                    seen = TransformerEncoderLayer(8, 2, 8, /* {block} */ batch_first=true)(table(token)) // {line}
                    mean = seen[:, /* {block} */ 0:2].mean(/* {block} */ dim=1) + shift // {line}
                    gated = scaled(Gate(2, '{string}')(mean, /* {block} */ x)) // {line}
                    output scores = linear(gated, /* {block} */ table.weight) // {line}
                    target t: float[batch, /* {block} */ 10] // {line}
                    loss Near(/* {block} */ eps=0.01)(scores, t) // {line}
                    optimizer SGD(lr=0.1)
                }

                /** {block} */
                block Weighed(size: int, s: string = '{string}') {
                    buffer mask: float[size /* {block} */, size] = /* {block} */ tril() // {line}
                    buffer order: int[size] = i -> /* {block} */ size - 1 - i // {line}
                    input x // {line}
                    output y = einsum('bi, ij -> bj', /* {block} */ x[:, order /* {block} */], mask) // {line}
                }

                /** {block} */
                network V{number} {
                    input x: float[batch, 6] // {line}
                    input place: int[batch, /* {block} */ 2] // {line}
                    buffer scale: float[6] = (i /* {block} */) -> if i < 3 then 1 else /* {block} */ 0.5 // {line}
                    inner = Weighed(6, /* {block} */ '{string}')
                    first, /* {block} */ second = chunk(Linear(6, 6)(inner(x * scale)), 2, /* {block} */ dim=1) // {line}
                    picked = gather(first, 1, /* {block} */ place) // {line}
                    output y = cat([picked, /* {block} */ second], dim=1) // {line}
                    output z = where(y > /* {block} */ 0, y, /* {block} */ 0.1 * y).sum(dim=1) // {line}
                    target near: float[batch, /* {block} */ 5] // {line}
                    target sum: float[batch] // {line}
                    loss /* {block} */ 2 * L1Loss(/* {block} */)(y, near) + /* {block} */ Near()(z, sum) // {line}
                    initialize /* {block} */ weights by normal(0, /* {block} */ 0.02) // {line}
                    optimizer Adam(betas=(0.9, /* {block} */ 0.99)) // {line}
                    precision /* {block} */ float64 // {line}
                }
                """.replace("{block}", block)
                .replace("{line}", line)
                .replace("{string}", string)
                .replace("{number}", String.valueOf(number)));
    }

    @Test
    void whatTheySayInCommentsStringsAndFileNamesStaysThere() throws IOException {
        List<GeneratedSource> sources = new ArrayList<>();
        Set<String> bodies = new HashSet<>();
        for (int i = 0; i < TEXTS.size(); i++) {
            SourceFile file = specification(i, TEXTS.get(i));
            Compilation compilation = NetCompiler.compile(CompilationRequest.of(file));
            assertThat(compilation.diagnostics()).as(file.text()).isEmpty();
            sources.addAll(compilation.sources());
            bodies.add(withoutText(compilation, i));
        }
        SourceFile harmless = specification(TEXTS.size(), "harmless");
        bodies.add(withoutText(NetCompiler.compile(CompilationRequest.of(harmless)), TEXTS.size()));

        assertThat(bodies).hasSize(1);
        GeneratedCode.compile(sources);
    }

    private static String withoutText(Compilation compilation, int number) throws IOException {
        StringBuilder code = new StringBuilder();
        for (GeneratedSource source : compilation.sources()) {
            code.append(withoutText(source, number));
        }
        return code.toString();
    }

    /** Lists the syntax tree that javac reads, without what its comments and string literals say. */
    private static String withoutText(GeneratedSource source, int number) throws IOException {
        JavaFileObject file = new SimpleJavaFileObject(URI.create("memory:///Text.java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return source.text();
            }
        };
        JavacTask task = (JavacTask) ToolProvider.getSystemJavaCompiler()
                .getTask(null, null, null, List.of("-proc:none"), null, List.of(file));
        StringBuilder code = new StringBuilder();
        task.parse()
                .forEach(unit -> new TreeScanner<Void, Void>() {
                    @Override
                    public Void scan(Tree tree, Void nothing) {
                        if (tree != null) {
                            code.append(tree.getKind())
                                    .append(' ')
                                    .append(nameOf(tree))
                                    .append('\n');
                        }
                        return super.scan(tree, nothing);
                    }
                }.scan(unit, null));
        return code.toString().replaceAll("\\b([NWV])" + number + "\\b", "$1");
    }

    private static Object nameOf(Tree tree) {
        if (tree instanceof IdentifierTree identifier) {
            return identifier.getName();
        } else if (tree instanceof MemberSelectTree member) {
            return member.getIdentifier();
        } else if (tree instanceof VariableTree variable) {
            return variable.getName();
        } else if (tree instanceof MethodTree method) {
            return method.getName();
        } else if (tree instanceof ClassTree type) {
            return type.getSimpleName();
        }
        return tree instanceof LiteralTree literal && !(literal.getValue() instanceof String) ? tree : "";
    }

    @Test
    void whatTheySayInMessagesStaysOnItsLine() {
        for (String text : TEXTS) {
            SourceFile file = specification(0, text);
            SourceFile broken = new SourceFile(
                    file.name(),
                    file.text()
                                    .replace("Linear(4, 4) //", "Linaer(4, 4) //")
                                    .replace("einsum('bi, ij -> bj'", "einsum(s")
                            + "\n"
                            + text);
            for (Diagnostic diagnostic :
                    NetCompiler.compile(CompilationRequest.of(broken)).diagnostics()) {
                assertThat(diagnostic.render().replaceAll("[\n\t]", ""))
                        .doesNotMatch("(?s).*[\\p{Cc}\\u2028\\u2029\\u200F\\u202A-\\u202E\\u2066-\\u2069\\uFEFF].*");
                assertThat(diagnostic.render().lines().skip(3)).allMatch(line -> line.startsWith("  "));
            }
        }
    }
}
