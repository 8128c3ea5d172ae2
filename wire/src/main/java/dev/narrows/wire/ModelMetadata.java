package dev.narrows.wire;

import dev.narrows.engine.TensorSpec;
import java.util.List;
import java.util.Map;

/**
 * What a server says of a model: {@code GET /v2/models/NAME}.
 *
 * @param platform {@code narrows_bundle} or {@code onnxruntime_onnx}
 * @param properties for a bundle: {@code bundle} its content hash, {@code cuts} the cuts' names joined by commas,
 *     {@code segment_us} the measured microseconds of each segment for one item joined by commas
 */
public record ModelMetadata(
        String name,
        List<String> versions,
        String platform,
        List<TensorSpec> inputs,
        List<TensorSpec> outputs,
        Map<String, String> properties) {

    public ModelMetadata {
        versions = List.copyOf(versions);
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        properties = Map.copyOf(properties);
    }
}
