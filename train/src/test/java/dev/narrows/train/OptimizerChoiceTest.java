package dev.narrows.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.errors.InvalidException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptimizerChoiceTest {

    @Test
    void parse_ofANameAlone_hasTheDefaults() {
        assertThat(OptimizerChoice.parse("sgd"))
                .isEqualTo(new OptimizerChoice(OptimizerChoice.Kind.SGD, 0.1, 0.9, false, 5e-4, false));
        assertThat(OptimizerChoice.parse("adam"))
                .isEqualTo(new OptimizerChoice(OptimizerChoice.Kind.ADAM, 1e-3, 0, false, 0, false));
        assertThat(OptimizerChoice.parse("adamw")).isEqualTo(OptimizerChoice.DEFAULT);
    }

    @Test
    void parse_ofSettings_hasThem() {
        assertThat(OptimizerChoice.parse("sgd:rate=0.05,momentum=0.8,nesterov,decay=0.001,decay-all"))
                .isEqualTo(new OptimizerChoice(OptimizerChoice.Kind.SGD, 0.05, 0.8, true, 0.001, true));
        assertThat(OptimizerChoice.parse("adamw:nesterov=false,decay-all=false".replace("nesterov=false,", ""))
                        .withRate(0.5)
                        .rate())
                .isEqualTo(0.5);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rmsprop | optimiser: \"rmsprop\" (expected: one of sgd, adam, adamw)",
                "adam:momentum=0.9 | optimiser: \"adam\" has no \"momentum\" (expected: decay, decay-all, rate)",
                "sgd:rate=0 | rate: 0.0 (expected: ",
                "sgd:rate=fast | optimiser: rate=fast (expected: a number)",
                "sgd:momentum=1 | momentum: 1.0 (expected: ",
                "sgd:decay=-1 | decay: -1.0 (expected: ",
                "sgd:nesterov=yes | optimiser: nesterov=yes (expected: true or false)",
                "sgd:nesterov,momentum=0 | nesterov: with momentum 0.0 (expected: above 0)",
            })
    void parse_ofAnotherText_saysWhatIsExpected(String text, String message) {
        assertThatThrownBy(() -> OptimizerChoice.parse(text))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining(message);
    }
}
