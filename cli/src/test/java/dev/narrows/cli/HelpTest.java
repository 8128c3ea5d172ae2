package dev.narrows.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HelpTest {

    @Test
    void help_ofTheWhole_isAsRecorded() {
        Cli.Result result = Cli.run("--help");

        assertThat(result.code()).isZero();
        assertThat(result.err()).isEmpty();
        Golden.check("help", result.out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"inspect", "split", "pack", "serve", "run", "completions"})
    void help_ofACommand_isAsRecorded(String command) {
        Cli.Result result = Cli.run(command, "--help");

        assertThat(result.code()).isZero();
        assertThat(result.err()).isEmpty();
        Golden.check("help-" + command, result.out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"fit", "distill", "bottleneck", "exits", "robust", "input"})
    void help_ofTraining_isAsRecorded(String command) {
        PrintStream before = System.err;
        ByteArrayOutputStream warned = new ByteArrayOutputStream(); // where the library complains of a text's format
        System.setErr(new PrintStream(warned, true, StandardCharsets.UTF_8));
        Cli.Result result;
        try {
            result = Cli.run("train", command, "--help");
        } finally {
            System.setErr(before);
        }

        assertThat(result.code()).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(warned.toString(StandardCharsets.UTF_8)).isEmpty();
        Golden.check("help-train-" + command, result.out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"fuse", "quantize", "prune", "share", "auto", "profile", "report", "compress", "expand"})
    void help_ofShrinking_isAsRecorded(String command) {
        Cli.Result result = Cli.run("shrink", command, "--help");

        assertThat(result.code()).isZero();
        assertThat(result.err()).isEmpty();
        Golden.check("help-shrink-" + command, result.out());
    }

    @Test
    void version_any_saysItsOwnAndJavas() {
        Cli.Result result = Cli.run("--version");

        assertThat(result.code()).isZero();
        assertThat(result.out()).startsWith("narrows ").contains("Java " + Runtime.version());
    }

    @Test
    void completions_bash_knowCommandsAndOptions() {
        Cli.Result result = Cli.run("completions");

        assertThat(result.code()).isZero();
        assertThat(result.out())
                .startsWith("#!/usr/bin/env bash")
                .contains("complete -F _complete_narrows")
                .contains("inspect split pack shrink train serve run")
                .contains("--at")
                .contains("--deadline");
    }
}
