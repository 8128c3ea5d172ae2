package dev.narrows.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.engine.SessionOptions;
import dev.narrows.errors.InvalidException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CloudOptionsTest {

    @Test
    void defaults_all_areAsRecorded() {
        assertThat(CloudOptions.DEFAULT)
                .isEqualTo(new CloudOptions(
                        "",
                        8700,
                        SessionOptions.DEFAULT,
                        67_108_864,
                        268_435_456,
                        Runtime.getRuntime().availableProcessors(),
                        128,
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(10),
                        200));
    }

    @Test
    void start_optionOutOfItsRange_isInvalid() {
        CloudServer.Builder builder = CloudServer.builder(Path.of("nowhere"));

        assertThatThrownBy(() -> builder.port(65_536).start())
                .isInstanceOf(InvalidException.class)
                .hasMessage("port: 65536 (expected: 0 to 65535)");
        assertThatThrownBy(() -> builder.port(1).maxRuns(0).start()).hasMessageContaining("max runs: 0");
    }
}
