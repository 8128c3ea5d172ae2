package dev.narrows.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.errors.InvalidException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FusedArchitectureTest {

    @Test
    void parse_whatANetworkSaysOfItself_isTheSame() {
        List<Modality> modalities = List.of(
                new Modality("picture", Architecture.parse("cnn:width=0.25"), new InputShape.Image(1, 12, 12)),
                new Modality("state", Architecture.parse("mlp:width=0.1,depth=1"), new InputShape.Values(4)));
        String said = Zoo.fuse(Fusion.LATE_SUM, modalities, List.of(Head.of(3)), 1)
                .metadata()
                .getOrDefault("narrows.architecture", "");

        FusedArchitecture parsed = FusedArchitecture.parse(said).orElseThrow();

        assertThat(parsed.fusion()).isEqualTo(Fusion.LATE_SUM);
        assertThat(parsed.trunks())
                .containsExactly(
                        Map.entry("picture", Architecture.parse("cnn:width=0.25")),
                        Map.entry("state", Architecture.parse("mlp:depth=1,width=0.1")));
        assertThat(parsed).hasToString(said);
    }

    @Test
    void parse_anArchitectureAlone_isNone() {
        assertThat(FusedArchitecture.parse("cnn")).isEmpty();
        assertThat(FusedArchitecture.parse("cnn:width=0.25")).isEmpty();
        assertThat(FusedArchitecture.parse("late")).isEmpty();
    }

    @Test
    void parse_nameMissingOrTwice_isInvalid() {
        assertThatThrownBy(() -> FusedArchitecture.parse("late: image=cnn; dscnn"))
                .isInstanceOf(InvalidException.class)
                .hasMessage("modality: \"dscnn\" (expected: name=architecture), in \"late: image=cnn; dscnn\"");
        assertThatThrownBy(() -> FusedArchitecture.parse("late: a=cnn; a=mlp"))
                .isInstanceOf(InvalidException.class)
                .hasMessageStartingWith("modality: \"a\" twice (expected: once)");
        assertThatThrownBy(() -> FusedArchitecture.parse("late: a=transformer"))
                .isInstanceOf(InvalidException.class)
                .hasMessageStartingWith("architecture: \"transformer\"");
    }
}
