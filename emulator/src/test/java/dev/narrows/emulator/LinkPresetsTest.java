package dev.narrows.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.errors.InvalidException;
import dev.narrows.wire.Link;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class LinkPresetsTest {

    @Test
    void of_presets_areTheDocumentedFigures() {
        assertThat(LinkPresets.names()).containsExactlyInAnyOrder("3g", "lte", "wifi", "5g");
        assertThat(LinkPresets.of("3g")).isEqualTo(Link.of(1.6, 5.9, Duration.ofNanos(63_500_000)));
        assertThat(LinkPresets.of("LTE")).isEqualTo(Link.of(5.85, 21.3, Duration.ofMillis(60)));
        assertThat(LinkPresets.of("wifi")).isEqualTo(Link.of(15, 30, Duration.ofMillis(2)));
        assertThat(LinkPresets.of("5g")).isEqualTo(Link.of(21.08, 166.13, Duration.ofMillis(53)));
        assertThat(LinkPresets.of(LinkPresets.DEFAULT)).isEqualTo(LinkPresets.of("lte"));
    }

    @Test
    void of_customText_isParsed() {
        assertThat(LinkPresets.of("5.85/20/60ms")).isEqualTo(Link.of(5.85, 20, Duration.ofMillis(60)));
        assertThat(LinkPresets.of("1/2/0.5s/1.5ms/2%"))
                .isEqualTo(new Link(1, 2, Duration.ofMillis(500), Duration.ofNanos(1_500_000), 0.02));
        assertThat(LinkPresets.of("1/2/250us/0ms/0.25"))
                .isEqualTo(new Link(1, 2, Duration.ofNanos(250_000), Duration.ZERO, 0.25));
    }

    @Test
    void of_anythingElse_isRefusedWithAnExample() {
        for (String bad :
                List.of("", "4g", "1/2", "1/2/3", "1/2/3m", "1/2/-3ms", "x/2/3ms", "1/2/3ms/4ms/5/6", "1e3/2/3ms")) {
            assertThatThrownBy(() -> LinkPresets.of(bad))
                    .as(bad)
                    .isInstanceOf(InvalidException.class)
                    .hasMessageEndingWith("such as 5.85/20/60ms)");
        }
        assertThatThrownBy(() -> LinkPresets.of("0/2/3ms")).isInstanceOf(InvalidException.class);
        assertThatThrownBy(() -> LinkPresets.of("1/2/3ms/0ms/70%")).isInstanceOf(InvalidException.class);
    }
}
