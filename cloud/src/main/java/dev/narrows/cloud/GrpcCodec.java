package dev.narrows.cloud;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.narrows.cloud.oip.InferTensorContents;
import dev.narrows.cloud.oip.ModelInferRequest;
import dev.narrows.cloud.oip.ModelInferRequest.InferInputTensor;
import dev.narrows.cloud.oip.ModelInferRequest.InferRequestedOutputTensor;
import dev.narrows.cloud.oip.ModelInferResponse;
import dev.narrows.cloud.oip.ModelInferResponse.InferOutputTensor;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.UnsupportedException;
import dev.narrows.wire.Datatype;
import dev.narrows.wire.InferRequest;
import dev.narrows.wire.InferResponse;
import dev.narrows.wire.WireTensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Infer messages to and from the protocol's protobuf classes. Reading is strict: fields that the protocol does not
 * have, data in a field of another datatype and sizes that do not add up are refused, so that no damage can drop a part
 * of a message. Raw data is not copied.
 */
public final class GrpcCodec {

    private GrpcCodec() {}

    /**
     * A request, and how its data came.
     *
     * @param raw whether as raw_input_contents, and so how the outputs go back
     */
    public record ReadRequest(InferRequest request, boolean raw) {}

    /**
     * A request from its message.
     *
     * @throws InvalidException if the message breaks the protocol's rules
     * @throws UnsupportedException if a datatype is none of {@link dev.narrows.wire.Datatype}'s
     */
    public static ReadRequest readRequest(ModelInferRequest message) {
        UnknownFields.refuse(message);
        boolean raw = message.getRawInputContentsCount() > 0;
        if (raw && message.getRawInputContentsCount() != message.getInputsCount()) {
            throw new InvalidException("raw_input_contents: " + message.getRawInputContentsCount() + " (expected: "
                    + message.getInputsCount() + ", one for each input)");
        }
        List<WireTensor> inputs = new ArrayList<>(message.getInputsCount());
        for (int i = 0; i < message.getInputsCount(); i++) {
            InferInputTensor input = message.getInputs(i);
            if (raw && input.hasContents()) {
                throw new InvalidException("contents: beside raw_input_contents (expected: one of the two), tensor \""
                        + input.getName() + "\"");
            }
            ByteBuffer data = raw
                    ? message.getRawInputContents(i).asReadOnlyByteBuffer()
                    : GrpcContents.read(
                            input.getName(), input.getDatatype(), input.getShapeList(), input.getContents());
            WireTensor tensor = new WireTensor(
                    input.getName(),
                    input.getDatatype(),
                    input.getShapeList(),
                    GrpcParameters.read(input.getParametersMap()),
                    data);
            checkSize(tensor);
            inputs.add(tensor);
        }
        List<String> outputs = new ArrayList<>(message.getOutputsCount());
        for (InferRequestedOutputTensor output : message.getOutputsList()) {
            if (output.getParametersCount() > 0) {
                throw new UnsupportedException("parameters: "
                        + output.getParametersMap().keySet() + " (expected: none), output \"" + output.getName()
                        + "\"");
            }
            outputs.add(output.getName());
        }
        return new ReadRequest(
                new InferRequest(
                        message.getModelName(),
                        message.getModelVersion(),
                        message.getId(),
                        GrpcParameters.read(message.getParametersMap()),
                        inputs,
                        outputs),
                raw);
    }

    /** The message of a request, its data as raw_input_contents. */
    public static ModelInferRequest write(InferRequest request) {
        ModelInferRequest.Builder message = ModelInferRequest.newBuilder()
                .setModelName(request.model())
                .setModelVersion(request.version())
                .setId(request.id())
                .putAllParameters(GrpcParameters.write(request.parameters()));
        for (WireTensor input : request.inputs()) {
            message.addInputs(InferInputTensor.newBuilder()
                    .setName(input.name())
                    .setDatatype(input.datatype())
                    .addAllShape(input.shape())
                    .putAllParameters(GrpcParameters.write(input.parameters())));
            message.addRawInputContents(bytes(input));
        }
        for (String output : request.outputs()) {
            message.addOutputs(InferRequestedOutputTensor.newBuilder().setName(output));
        }
        return message.build();
    }

    /**
     * The message of a response.
     *
     * @param raw whether the data goes as raw_output_contents; it does anyway where an output's datatype has no typed
     *     field (FP16, BF16)
     */
    public static ModelInferResponse write(InferResponse response, boolean raw) {
        boolean rawData = raw;
        for (WireTensor output : response.outputs()) {
            rawData |= !GrpcContents.canHold(output.datatype());
        }
        ModelInferResponse.Builder message = ModelInferResponse.newBuilder()
                .setModelName(response.model())
                .setModelVersion(response.version())
                .setId(response.id())
                .putAllParameters(GrpcParameters.write(response.parameters()));
        for (WireTensor output : response.outputs()) {
            InferOutputTensor.Builder tensor = InferOutputTensor.newBuilder()
                    .setName(output.name())
                    .setDatatype(output.datatype())
                    .addAllShape(output.shape())
                    .putAllParameters(GrpcParameters.write(output.parameters()));
            if (rawData) {
                message.addRawOutputContents(bytes(output));
            } else {
                tensor.setContents(GrpcContents.write(output));
            }
            message.addOutputs(tensor);
        }
        return message.build();
    }

    /**
     * A response from its message.
     *
     * @throws InvalidException if the message breaks the protocol's rules
     */
    public static InferResponse readResponse(ModelInferResponse message) {
        boolean raw = message.getRawOutputContentsCount() > 0;
        if (raw && message.getRawOutputContentsCount() != message.getOutputsCount()) {
            throw new InvalidException("raw_output_contents: " + message.getRawOutputContentsCount() + " (expected: "
                    + message.getOutputsCount() + ", one for each output)");
        }
        List<WireTensor> outputs = new ArrayList<>(message.getOutputsCount());
        for (int i = 0; i < message.getOutputsCount(); i++) {
            InferOutputTensor output = message.getOutputs(i);
            InferTensorContents contents = output.getContents();
            ByteBuffer data = raw
                    ? message.getRawOutputContents(i).asReadOnlyByteBuffer()
                    : GrpcContents.read(output.getName(), output.getDatatype(), output.getShapeList(), contents);
            outputs.add(new WireTensor(
                    output.getName(),
                    output.getDatatype(),
                    output.getShapeList(),
                    GrpcParameters.read(output.getParametersMap()),
                    data));
        }
        return new InferResponse(
                message.getModelName(),
                message.getModelVersion(),
                message.getId(),
                GrpcParameters.read(message.getParametersMap()),
                outputs);
    }

    /** Checks that there are as many bytes as the shape says; of BYTES what decodes them does. */
    private static void checkSize(WireTensor tensor) {
        if (tensor.datatype().equals(Datatype.BYTES)) {
            return;
        }
        int width = Datatype.parse(tensor.datatype()).bytes();
        int bytes = tensor.data().remaining();
        if (bytes % width != 0 || bytes / width != tensor.elements()) {
            throw new InvalidException("data: " + bytes + " bytes (expected: " + width + " for each element of "
                    + tensor.shape() + "), tensor \"" + tensor.name() + "\"");
        }
    }

    private static ByteString bytes(WireTensor tensor) {
        return UnsafeByteOperations.unsafeWrap(tensor.data()); // read-only, and nobody writes below it
    }
}
