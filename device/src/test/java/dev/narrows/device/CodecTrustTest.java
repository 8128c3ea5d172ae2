package dev.narrows.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.narrows.wire.bundle.Manifest;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class CodecTrustTest {

    private static Manifest.Codec q4(int agreed, int items) {
        return new Manifest.Codec("q4", 200, items == 0 ? 1 : (double) agreed / items, items, false);
    }

    /** Newcombe, Two-sided confidence intervals for the single proportion, 1998, table I, method 3. */
    @Test
    void lowerEnd_publishedExamples_agreesInFourDigits() {
        assertThat(CodecTrust.lowerEnd(81 / 263.0, 263)).isCloseTo(0.2553, within(5e-5));
        assertThat(CodecTrust.lowerEnd(15 / 148.0, 148)).isCloseTo(0.0624, within(5e-5));
        assertThat(CodecTrust.lowerEnd(0, 20)).isCloseTo(0, within(1e-12));
        assertThat(CodecTrust.lowerEnd(1 / 29.0, 29)).isCloseTo(0.0061, within(5e-5));
    }

    @Test
    void trusts_noItems_never() {
        assertThat(CodecTrust.trusts(q4(0, 0))).isFalse();
        assertThat(CodecTrust.trusts(q4(0, 0), 0)).isFalse();
    }

    @Test
    void trusts_allAgreed_onlyFrom35ItemsOn() {
        assertThat(CodecTrust.trusts(q4(1, 1))).isFalse();
        assertThat(CodecTrust.trusts(q4(34, 34))).isFalse();
        assertThat(CodecTrust.trusts(q4(35, 35))).isTrue();
        assertThat(CodecTrust.trusts(q4(56, 56))).isTrue();
        assertThat(CodecTrust.itemsNeeded(0.99)).isEqualTo(35);
    }

    @Test
    void trusts_manyItemsButLessAgreementThanAskedFor_no() {
        assertThat(CodecTrust.trusts(q4(98_000, 100_000))).isFalse();
        assertThat(CodecTrust.trusts(q4(99_000, 100_000))).isTrue();
        assertThat(CodecTrust.trusts(q4(55, 56))).isFalse();
    }

    @Test
    void trusts_lessAskedFor_needsEvidenceForThat() {
        assertThat(CodecTrust.trusts(q4(9, 10), 0.9)).isFalse();
        assertThat(CodecTrust.trusts(q4(90, 100), 0.9)).isTrue();
    }

    @Test
    void trusts_rawAlways_othersThatSeemedLosslessByEvidence() {
        assertThat(CodecTrust.trusts(new Manifest.Codec("raw", 4000, 1, 0, true)))
                .isTrue();
        assertThat(CodecTrust.trusts(new Manifest.Codec("fp16", 2000, 1, 4, true)))
                .isFalse();
        assertThat(CodecTrust.trusts(new Manifest.Codec("fp16", 2000, 1, 40, true)))
                .isTrue();
    }

    @Property(tries = 300, seed = "5")
    void itemsNeeded_allAgreed_isTheFewestTrusted(@ForAll @IntRange(min = 1, max = 1000) int thousandths) {
        double asked = thousandths / 1000.0;
        int needed = CodecTrust.itemsNeeded(asked);
        assertThat(CodecTrust.trusts(q4(needed, needed), asked)).isTrue();
        assertThat(CodecTrust.trusts(q4(needed - 1, needed - 1), asked)).isFalse();
    }
}
