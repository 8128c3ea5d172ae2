package dev.narrows.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.errors.InvalidException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LossChoiceTest {

    @Test
    void parse_ofEachName_isThatLossWithItsDefaults() {
        Map<String, Loss> expected = Map.ofEntries(
                Map.entry(LossChoice.DEFAULT, Losses.crossEntropy(0)),
                Map.entry("cross-entropy:smoothing=0.1", Losses.crossEntropy(0.1)),
                Map.entry("focal", Losses.focal(2)),
                Map.entry("focal:gamma=3", Losses.focal(3)),
                Map.entry("generalised", Losses.generalisedCrossEntropy(0.7)),
                Map.entry("generalised:q=0.2", Losses.generalisedCrossEntropy(0.2)),
                Map.entry("symmetric", Losses.symmetricCrossEntropy(0.1, 1)),
                Map.entry("symmetric: beta = 2 , alpha=0.5", Losses.symmetricCrossEntropy(0.5, 2)),
                Map.entry("triplet", EmbeddingLosses.triplet(0.3)),
                Map.entry("triplet:margin=1", EmbeddingLosses.triplet(1)),
                Map.entry("contrastive", EmbeddingLosses.contrastive(1)),
                Map.entry("contrastive:margin=0.5", EmbeddingLosses.contrastive(0.5)),
                Map.entry("supervised-contrastive", EmbeddingLosses.supervisedContrastive(0.1)),
                Map.entry("supervised-contrastive:temperature=0.5", EmbeddingLosses.supervisedContrastive(0.5)));
        double[][] outputs = LossCheck.values(1, 6, 4);
        double[][] targets = LossCheck.oneHot(4, 0, 0, 1, 1, 2, 2);
        expected.forEach((text, loss) -> assertThat(LossCheck.value(LossChoice.parse(text), outputs, targets))
                .as(text)
                .isEqualTo(LossCheck.value(loss, outputs, targets)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hinge | loss: \"hinge\" (expected: one of cross-entropy, focal, generalised, symmetric, triplet, contrastive,",
                "focal:margin=1 | loss: \"focal\" has no \"margin\" (expected: gamma)",
                "focal:gamma=two | loss: gamma=two (expected: a number)",
                "focal:gamma=NaN | gamma: NaN (expected: 0.0 to 10.0)",
                "focal:gamma=1,gamma=2 | each key once",
                "focal: | loss: \"focal:\" (expected: name or name:key=value",
                "focal:gamma= | loss: \"focal:gamma=\" (expected: name or name:key=value",
                "symmetric:alpha=-1 | alpha: -1.0 (expected: 0.0 to 100.0)",
                "'' | loss: \"\" (expected: one of",
            })
    void parse_ofAnotherText_saysWhatIsExpected(String text, String message) {
        assertThatThrownBy(() -> LossChoice.parse(text))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining(message);
    }
}
