package dev.narrows.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.errors.InvalidException;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AugmentationsTest {

    private static final Medium IMAGE = new Medium.Image();

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "crp:4,flip ; augmentation: \"crp\" (expected: one of shift, flip, crop, rotate, zoom, light, shadow, blur,"
                        + " motion, jpeg, noise, erase, pixelate, image-light, image-strong), in \"crp:4,flip\"",
                "crop:four ; amount: \"four\" (expected: a, a-b or ±a), in \"crop:four\"",
                "crop:4,,flip ; augmentation: \"\" (expected: name[:amount][:zero|:edge][@chance])",
                "Crop:4 ; augmentation: \"Crop:4\" (expected: name[:amount][:zero|:edge][@chance])",
                "light:0.3@1.5 ; chance: 1.5 (expected: 0 to 1), in \"light:0.3@1.5\"",
                "light:0.3@ ; augmentation: \"light:0.3@\" (expected: name[:amount][:zero|:edge][@chance])",
                "flip:3 ; amount: 3 (expected: none), in \"flip:3\"",
                "light:0.3:edge ; fill: edge (expected: none), in \"light:0.3:edge\"",
                "jpeg:0-50 ; jpeg: 0-50 (expected: within 1 to 100), in \"jpeg:0-50\"",
                "rotate:20-10 ; range: 20.0 to 10.0 (expected: finite numbers that do not fall), in \"rotate:20-10\"",
                "zoom:-1-2 ; zoom: -1-2 (expected: within 0.05 to 20), in \"zoom:-1-2\"",
            })
    void parse_wrong_saysWhatIsExpected(String spec, String message) {
        assertThatThrownBy(() -> Augmentations.parse(spec, IMAGE))
                .isInstanceOf(InvalidException.class)
                .hasMessage(message);
    }

    @Test
    void parse_amounts_becomeRanges() {
        assertThat(Augmentations.parse(" rotate:15 , rotate:5-10:zero@0.25,rotate:±3,rotate:+-3,rotate:-10--5", IMAGE))
                .isEqualTo(new Sequence(List.of(
                        new Sequence.Step(new Rotate(new Range(-15, 15), Fill.EDGE), 1),
                        new Sequence.Step(new Rotate(new Range(5, 10), Fill.ZERO), 0.25),
                        new Sequence.Step(new Rotate(new Range(-3, 3), Fill.EDGE), 1),
                        new Sequence.Step(new Rotate(new Range(-3, 3), Fill.EDGE), 1),
                        new Sequence.Step(new Rotate(new Range(-10, -5), Fill.EDGE), 1))));
    }

    @Test
    void parse_presetAmongEntries_isExpanded() {
        assertThat(Augmentations.parse("flip,image-light", IMAGE))
                .isEqualTo(Augmentations.parse("flip," + Augmentations.presets().get("image-light"), IMAGE));
    }

    @Test
    void parse_nameAlone_isTheUsual() {
        for (Description description : Augmentations.describe()) {
            if (description.medium().equals("image")) {
                assertThat(Augmentations.parse(description.name(), IMAGE))
                        .isEqualTo(Augmentations.parse(description.usual(), IMAGE));
            }
        }
    }

    @Test
    void parse_chance_happensThatOften() {
        Augmentation augmentation = Augmentations.parse("flip@0.3", IMAGE);
        SplittableRandom random = new SplittableRandom(1);
        int flipped = 0;
        for (int i = 0; i < 2000; i++) {
            flipped += augmentation.apply(new float[] {0, 1}, new long[] {1, 1, 2}, random)[0] == 1 ? 1 : 0;
        }

        assertThat(flipped).isBetween(540, 660);
    }
}
