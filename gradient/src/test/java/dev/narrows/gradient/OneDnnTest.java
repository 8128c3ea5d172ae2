package dev.narrows.gradient;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

class OneDnnTest {

    @Test
    void isSafe_cachesHidden_onlyIfTheEnvironmentSaysSo() {
        assertThat(OneDnn.isSafe(Map.of(), true)).isTrue();
        assertThat(OneDnn.isSafe(Map.of(), false)).isFalse();
        assertThat(OneDnn.isSafe(Map.of("ONEDNN_MAX_CPU_ISA", "AVX2"), false)).isTrue();
    }

    @Test
    void torch_onceStarted_usesOneDnnOnlyWhereItIsSafe() {
        Torch.threads(1);

        assertThat(torch.globalContext().userEnabledMkldnn()).isEqualTo(OneDnn.isSafe());
    }
}
