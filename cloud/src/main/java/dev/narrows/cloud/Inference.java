package dev.narrows.cloud;

import dev.narrows.engine.Tensor;
import dev.narrows.errors.InvalidException;
import dev.narrows.wire.Checksum;
import dev.narrows.wire.InferRequest;
import dev.narrows.wire.InferResponse;
import dev.narrows.wire.Parameters;
import dev.narrows.wire.WireTensor;
import dev.narrows.wire.codec.Codecs;
import dev.narrows.wire.codec.CutCodec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Answers infer requests, whichever transport they came by: checks, decodes, runs from the entry cut to the end. */
final class Inference {

    private final Models models;
    private final long maxDecodedBytes;

    /** @param maxDecodedBytes of an entry cut's tensors together; codes are far smaller than what they decode to */
    Inference(Models models, long maxDecodedBytes) {
        this.models = models;
        this.maxDecodedBytes = maxDecodedBytes;
    }

    /**
     * The answer to a request.
     *
     * @throws dev.narrows.errors.NarrowsException as {@link Fault} lists them
     * @throws RefusedException likewise
     */
    InferResponse infer(InferRequest request, Arrival arrival) {
        long start = arrival.clock().getAsLong();
        boolean checksummed = Entry.checksummed(request);
        Model model = models.get(request.model(), request.version());
        Entry entry = Entry.of(request, model, checksummed);
        checkOutputs(request, model);
        CutCodec codec = model.layout().codec(entry.cutName(), entry.codec());
        checkSizes(request, model, entry);
        arrival.check(entry.deadlineMillis());

        Map<String, Tensor> outputs = run(model, entry, codec, request.inputs(), arrival);
        List<WireTensor> encoded = wanted(request, Codecs.raw(model.outputs()).encode(outputs));
        long micros = (arrival.clock().getAsLong() - start) / 1000;
        InferResponse response = new InferResponse(
                request.model(),
                Model.VERSION,
                request.id(),
                Parameters.NONE.with(Parameters.SERVER_MICROS, micros),
                encoded);
        return checksummed ? Checksum.sign(response) : response;
    }

    private static Map<String, Tensor> run(
            Model model, Entry entry, CutCodec codec, List<WireTensor> inputs, Arrival arrival) {
        if (model.layout().fixedBatch() != 1 || Items.count(inputs) == 1) {
            Map<String, Tensor> tensors = codec.decode(inputs);
            arrival.check(entry.deadlineMillis()); // decoding takes its time too
            return model.run(entry.cut(), tensors);
        }
        Map<String, List<Tensor>> parts = new LinkedHashMap<>();
        for (List<WireTensor> item : Items.split(inputs)) {
            arrival.check(entry.deadlineMillis());
            model.run(entry.cut(), codec.decode(item))
                    .forEach((name, output) -> parts.computeIfAbsent(name, unused -> new ArrayList<>())
                            .add(output));
        }
        Map<String, Tensor> outputs = new LinkedHashMap<>();
        parts.forEach((name, tensors) -> outputs.put(name, Tensor.concat(tensors)));
        return outputs;
    }

    /** Refuses inputs without elements, which kernels are not made for, and those that would decode to too much. */
    private void checkSizes(InferRequest request, Model model, Entry entry) {
        if (request.inputs().isEmpty()) {
            throw new InvalidException("inputs: none (expected: the tensors of cut \"" + entry.cutName() + "\")");
        }
        long width = model.layout().cuts().get(entry.cut()).widthBytes();
        for (WireTensor input : request.inputs()) {
            if (input.shape().contains(0L)) {
                throw new InvalidException(
                        "shape: " + input.shape() + " (expected: axes of 1 or more), tensor \"" + input.name() + "\"");
            }
            long items = input.shape().isEmpty() ? 1 : input.shape().get(0);
            if (width > 0 && items > maxDecodedBytes / width) {
                throw new RefusedException(
                        Fault.TOO_LARGE,
                        "items: " + items + " of " + width + " bytes (expected: at most " + maxDecodedBytes
                                + " bytes together), tensor \"" + input.name() + "\"");
            }
        }
    }

    private static void checkOutputs(InferRequest request, Model model) {
        for (String name : request.outputs()) {
            if (model.outputs().stream().noneMatch(spec -> spec.name().equals(name))) {
                throw new InvalidException("output: \"" + name + "\" (expected: one of " + model.outputs()
                        + "), model \"" + request.model() + "\"");
            }
        }
    }

    /** The outputs asked for, in the order asked for; all of them if none was named. */
    private static List<WireTensor> wanted(InferRequest request, List<WireTensor> outputs) {
        if (request.outputs().isEmpty()) {
            return outputs;
        }
        List<WireTensor> wanted = new ArrayList<>();
        for (String name : request.outputs()) {
            for (WireTensor output : outputs) {
                if (output.name().equals(name)) {
                    wanted.add(output);
                }
            }
        }
        return wanted;
    }
}
