package dev.narrows.gradient;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What {@link OperatorCheck} found, by operator: cases and worst errors. Written when the tests' process ends, to the file
 * that the environment variable {@code NARROWS_CONFORMANCE} names (below the project's root), if it names one:
 *
 * <pre>
 * NARROWS_CONFORMANCE=docs/results/train-conformance.csv mvn -B -Dquickly -pl gradient -am test
 * </pre>
 */
final class ConformanceTable {

    private static final Map<String, Row> ROWS = new TreeMap<>();

    /** Errors are relative to the largest magnitude of the output or gradient. */
    private static final class Row {
        private int forwardCases;
        private double worstForward;
        private int gradientCases;
        private double worstGradient;
    }

    static {
        Optional.ofNullable(System.getenv("NARROWS_CONFORMANCE"))
                .map(file -> Path.of(System.getProperty("narrows.root", "..")).resolve(file))
                .ifPresent(file -> Runtime.getRuntime().addShutdownHook(new Thread(() -> write(file), "conformance")));
    }

    private ConformanceTable() {}

    /** A comparison with ONNX Runtime. */
    static synchronized void forward(String op, double error) {
        Row row = ROWS.computeIfAbsent(op, name -> new Row());
        row.forwardCases++;
        row.worstForward = Math.max(row.worstForward, error);
    }

    /** A comparison of all gradients of a case with finite differences. */
    static synchronized void gradient(String op, double error) {
        Row row = ROWS.computeIfAbsent(op, name -> new Row());
        row.gradientCases++;
        row.worstGradient = Math.max(row.worstGradient, error);
    }

    private static synchronized void write(Path file) {
        List<String> lines = new ArrayList<>();
        lines.add("operator,forward_cases,worst_forward_error,gradient_cases,worst_gradient_error");
        ROWS.forEach((op, row) -> lines.add(String.format(
                Locale.ROOT,
                "%s,%d,%.2g,%d,%.2g",
                op,
                row.forwardCases,
                row.worstForward,
                row.gradientCases,
                row.worstGradient)));
        try {
            Files.write(file, lines);
        } catch (IOException e) {
            throw new UncheckedIOException("conformance table", e);
        }
    }
}
