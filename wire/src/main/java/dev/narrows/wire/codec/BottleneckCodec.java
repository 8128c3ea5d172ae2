package dev.narrows.wire.codec;

import com.google.gson.JsonObject;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import dev.narrows.wire.Parameters;
import dev.narrows.wire.WireTensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The code of a trained bottleneck, a floating-point tensor of whole numbers from 0 on, entropy coded with the least
 * framing: datatype UINT8, shape [items, bytes of the longest item], the others filled up with zeros. Exact for whole
 * numbers of at most {@code 2^bits - 1}; others are rounded, halves up, and what is outside is clamped. {@code
 * docs/codecs.md} gives the bytes.
 */
final class BottleneckCodec implements TensorCodec {

    static final String KIND = "bottleneck";

    private static final String DATATYPE = "UINT8";

    private final TensorSpec spec;
    private final Layout layout;
    private final Affine affine;
    private final SymbolModel model;
    private final BottleneckCode code;

    BottleneckCodec(TensorSpec spec, SymbolModel model) {
        this.spec = spec;
        this.model = model;
        layout = model.layout();
        affine = whole(model);
        code = new BottleneckCode(model, Fingerprint.of(spec, affine, model));
    }

    /** The quantisation whose symbols are their values. */
    static Affine whole(SymbolModel model) {
        return new Affine(model.layout(), model.bits(), new float[] {0}, new float[] {1});
    }

    @Override
    public TensorSpec spec() {
        return spec;
    }

    SymbolModel model() {
        return model;
    }

    @Override
    public WireTensor encode(Tensor value) {
        Fit.require(value, spec);
        int items = CodedItems.count(spec, layout, Layout.countsItems(spec) ? value.dim(0) : 1);
        float[] values = value.toFloats();
        List<byte[]> codes = new ArrayList<>(items);
        int width = 0;
        for (int item = 0; item < items; item++) {
            byte[] next = encodeItem(values, item);
            codes.add(next);
            width = Math.max(width, next.length);
        }
        byte[] data = new byte[Math.multiplyExact(items, width)];
        for (int item = 0; item < items; item++) {
            byte[] next = codes.get(item);
            System.arraycopy(next, 0, data, item * width, next.length);
        }
        return new WireTensor(
                spec.name(), DATATYPE, List.of((long) items, (long) width), Parameters.NONE, ByteBuffer.wrap(data));
    }

    private byte[] encodeItem(float[] values, int item) {
        try {
            return code.encode(affine.quantise(values, item * layout.elements()));
        } catch (InvalidException e) {
            throw new InvalidException(e.getMessage() + ", tensor \"" + spec.name() + "\"", e);
        }
    }

    @Override
    public Tensor decode(WireTensor coded) {
        if (!coded.datatype().equals(DATATYPE)) {
            throw new InvalidException(
                    "datatype: " + coded.datatype() + " (expected: " + DATATYPE + "), tensor \"" + spec.name() + "\"");
        }
        boolean counted = Layout.countsItems(spec);
        if (coded.shape().size() != 2 || (!counted && coded.shape().get(0) != 1)) {
            throw new InvalidException("shape: " + coded.shape() + " (expected: [" + (counted ? "items" : "1")
                    + ", bytes]), tensor \"" + spec.name() + "\"");
        }
        int items = CodedItems.count(spec, layout, coded.shape().get(0));
        long width = coded.shape().get(1);
        ByteBuffer data = coded.data();
        if (width > code.maxBytes() || items * width != data.limit()) {
            throw new MalformedException("data: " + data.limit() + " bytes of shape " + coded.shape()
                    + " (expected: rows of at most " + code.maxBytes() + "), tensor \"" + spec.name() + "\"");
        }
        CodedItems decoded = new CodedItems(spec, layout, affine, items);
        byte[] row = new byte[(int) width];
        for (int item = 0; item < items; item++) {
            data.get(row);
            decoded.put(item, decodeItem(row, item));
        }
        return decoded.tensor();
    }

    private byte[] decodeItem(byte[] row, int item) {
        try {
            return code.decode(row, 0, row.length);
        } catch (MalformedException e) {
            throw new MalformedException(e.getMessage() + ", item " + item + ", tensor \"" + spec.name() + "\"", e);
        }
    }

    @Override
    public JsonObject toJson() {
        return CodecJson.write(this);
    }
}
