package org.espalier.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class MappingProposalTest {

    /** {@code conv.weight 8 3 3 3} each. */
    private static List<TensorInfo> tensors(String... lines) {
        return Arrays.stream(lines)
                .map(line -> line.split(" ", -1))
                .map(words -> new TensorInfo(
                        words[0],
                        TensorType.F32,
                        Arrays.stream(words).skip(1).map(Long::valueOf).toList()))
                .toList();
    }

    @Test
    void modulesOfTheSameShapesBelongTogether() {
        MappingProposal proposal = MappingProposal.of(
                tensors(
                        "backbone.0.bias 8",
                        "backbone.0.weight 8 3",
                        "backbone.1.bias 4",
                        "backbone.1.weight 4 8",
                        "head.weight 2 4"),
                tensors("first.weight 8 3", "first.bias 8", "second.weight 4 8", "second.bias 4", "fc.weight 2 4"));

        assertThat(proposal.names())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "backbone.0.bias", "first.bias",
                        "backbone.0.weight", "first.weight",
                        "backbone.1.bias", "second.bias",
                        "backbone.1.weight", "second.weight",
                        "head.weight", "fc.weight"));
        assertThat(proposal.isComplete()).isTrue();
    }

    @Test
    void ofModulesThatAreAlikeTheFirstBelongsToTheFirstAlsoInASortedFile() {
        List<TensorInfo> file = new ArrayList<>();
        List<TensorInfo> network = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            file.addAll(tensors("layers." + i + ".a.weight 4 4", "layers." + i + ".b.weight 4 4"));
            network.addAll(tensors("block" + i + ".in.weight 4 4", "block" + i + ".out.weight 4 4"));
        }
        file.sort((one, other) -> one.name().compareTo(other.name()));
        assertThat(file.get(2).name()).isEqualTo("layers.1.a.weight");
        assertThat(file.get(4).name()).isEqualTo("layers.10.a.weight");

        MappingProposal proposal = MappingProposal.of(file, network);

        assertThat(proposal.names())
                .hasSize(24)
                .containsEntry("layers.2.b.weight", "block2.out.weight")
                .containsEntry("layers.10.a.weight", "block10.in.weight");
    }

    @Test
    void namesThatFitStayAndWhatHasNoCounterpartIsLeft() {
        MappingProposal proposal = MappingProposal.of(
                tensors("fc.weight 2 4", "old.weight 5 5", "extra 3"), tensors("fc.weight 2 4", "new.weight 7 7"));

        assertThat(proposal.names()).containsExactly(Map.entry("fc.weight", "fc.weight"));
        assertThat(proposal.mapping().size()).isZero();
        assertThat(proposal.rest()).extracting(TensorInfo::name).containsExactly("old.weight", "extra");
        assertThat(proposal.missing()).extracting(TensorInfo::name).containsExactly("new.weight");
    }

    @Test
    @Timeout(60)
    void noNamesTakeLong() {
        Random random = new Random(3);
        List<TensorInfo> file = new ArrayList<>(tensors(".".repeat(100_000) + " 1", "a 1", "a.a 1", "a.a.a 1"));
        List<TensorInfo> network = new ArrayList<>(tensors("b 1"));
        for (int i = 0; i < 50_000; i++) {
            file.add(tensors(random.nextInt(40) + "." + random.nextInt(40) + "." + i + ".weight " + i % 7)
                    .get(0));
            network.add(tensors("n" + random.nextInt(40) + "." + random.nextInt(40) + "." + i + ".weight " + i % 7)
                    .get(0));
        }

        assertThat(MappingProposal.of(file, network).names()).isNotNull();
    }
}
