package dev.narrows.engine;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.narrows.errors.ExecutionException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the runtime's profiler writes of some runs: which kernels ran, and for how long. */
public final class KernelTrace {

    private KernelTrace() {}

    /**
     * Runs a network on one thread with the profiler on.
     *
     * @param model an ONNX file
     * @param item a tensor for each input
     * @return a JSON array of events; those of kernels have {@code "cat": "Node"}, a name that ends in
     *     {@code _kernel_time}, the operator in {@code args.op_name} and microseconds in {@code dur}
     * @throws ExecutionException if the runtime fails, or there is no place for its file
     */
    public static String of(ByteBuffer model, Map<String, Tensor> item, int runs) {
        try {
            Path directory = Files.createTempDirectory("narrows-trace");
            try {
                return new String(
                        Files.readAllBytes(run(model, item, runs, directory.resolve("kernels"))),
                        StandardCharsets.UTF_8);
            } finally {
                delete(directory);
            }
        } catch (IOException e) {
            throw new ExecutionException("trace: " + e.getMessage() + " (expected: a place for its file)", e);
        } catch (OrtException e) {
            throw new ExecutionException("trace: " + e.getMessage(), e);
        }
    }

    private static Path run(ByteBuffer model, Map<String, Tensor> item, int runs, Path prefix) throws OrtException {
        Map<String, OnnxTensor> feed = new LinkedHashMap<>();
        try (OrtSession.SessionOptions options = Ort.sessionOptions(SessionOptions.DEFAULT)) {
            options.enableProfiling(prefix.toString());
            byte[] bytes = new byte[model.remaining()];
            model.duplicate().get(bytes);
            try (OrtSession session = Ort.environment().createSession(bytes, options)) {
                for (String input : session.getInputNames()) {
                    Tensor tensor = item.get(input);
                    if (tensor == null) {
                        throw new ExecutionException("input: missing (expected: one), input \"" + input + "\"");
                    }
                    feed.put(input, Ort.wrap(tensor));
                }
                for (int i = 0; i < runs; i++) {
                    session.run(feed).close();
                }
                return Paths.get(session.endProfiling());
            }
        } finally {
            feed.values().forEach(OnnxTensor::close);
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).collect(Collectors.toList());
            for (Path file : deepestFirst) {
                Files.delete(file);
            }
        }
    }
}
