package org.espalier.generator.target.java.block;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.espalier.generator.CompilationRequest;
import org.espalier.generator.NetCompiler;
import org.espalier.generator.ir.Program;
import org.espalier.generator.source.SourceFile;
import org.junit.jupiter.api.Test;

class InstancesTest {
    private static final Program PROGRAM = NetCompiler.compile(
                    CompilationRequest.of(new SourceFile("src/main/net/levels.net", """
            package com.example

            block Level(levels: int, width: int) {
                submodule = if levels == 1 then none else Level(levels - 1, 2 * width)
                down = Conv2d(width, 2 * width, 3, padding=1)
                up   = Conv2d(2 * width, width, 3, padding=1)
                return residual(if levels == 1 then [down, Tanh(), up] else [down, submodule, Tanh(), up])
            }

            network Levels {
                input image: float[batch, 2, 8, 8]
                stem = Conv2d(2, 2, 3, padding=1)
                net  = Level(2, 2)
                output y = net(stem(image))
                target t: float[batch, 2, 8, 8]
                loss MSELoss()(y, t)
                optimizer SGD(lr=0.1)
            }
            """)))
            .programs()
            .get(0);

    private static final Instances INSTANCES = Instances.of(PROGRAM);

    private static String shown(Run run) {
        List<String> items = run.items().stream()
                .map(item -> item instanceof Run.Call call
                        ? shown(call.run())
                        : ((Run.Operation) item).op().signature().name())
                .toList();
        return run.instance() + "." + run.method() + items;
    }

    @Test
    void anInstanceHoldsThoseThatItsBodyApplies() {
        assertThat(INSTANCES.all()).hasToString("[net, net.submodule]");
        assertThat(INSTANCES.network().holds(INSTANCES.all().get(1))).isTrue();
        assertThat(INSTANCES.all().get(1).parent()).isSameAs(INSTANCES.all().get(0));
        assertThat(INSTANCES.all().get(1).sizes()).containsEntry("levels", 1L).containsEntry("width", 4L);
    }

    @Test
    void layersBelongToTheInnermostInstance() {
        assertThat(INSTANCES.at("stem")).isSameAs(INSTANCES.network());
        assertThat(INSTANCES.at("net.down")).hasToString("net");
        assertThat(INSTANCES.at("net.submodule.down")).hasToString("net.submodule");
    }

    @Test
    void aPassIsOneRunOfEachInstanceWithinThatOfTheOneThatHoldsIt() {
        Run forward = Run.of("forward", PROGRAM.forward(), INSTANCES);

        assertThat(shown(forward))
                .isEqualTo("the network.forward[conv2d, net.forward[conv2d, net.submodule.forward"
                        + "[conv2d, tanh, conv2d, in_one_pass], conv2d, add]]");
        assertThat(forward.calledRuns()).extracting(Run::method).containsExactly("forward", "forward");
    }

    @Test
    void gradientsAreAddedUpInTheInstanceThatTheyComeFrom() {
        List<String> sums = PROGRAM.backward().stream()
                .filter(op -> op.signature().name().equals("add"))
                .map(op -> op.result() + " in " + INSTANCES.of(op))
                .toList();

        assertThat(sums).containsExactly("%d net.down in net.submodule", "%d stem in net");
    }
}
