package dev.narrows.wire.codec;

import com.google.gson.JsonObject;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import dev.narrows.wire.Datatype;
import dev.narrows.wire.Parameters;
import dev.narrows.wire.WireTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A floating-point tensor quantised and entropy coded, each item on its own: datatype BYTES, shape [items]. float64
 * goes by way of float32. {@code docs/codecs.md} gives the bytes.
 */
final class QuantisedCodec implements TensorCodec {

    static final String KIND = "quantised";

    private static final int LENGTH_BYTES = 4;

    /** The bytes of an item whose symbols all are the expected ones: length, mode, state and checksum. */
    static final int SHORTEST_BYTES = LENGTH_BYTES + 1 + 4 + ItemCode.CHECKSUM_BYTES;

    private final TensorSpec spec;
    private final Layout layout;
    private final Affine affine;
    private final SymbolModel model;
    private final ItemCode code;

    QuantisedCodec(TensorSpec spec, Affine affine, SymbolModel model) {
        this.spec = spec;
        this.affine = affine;
        this.model = model;
        layout = model.layout();
        code = new ItemCode(model, Fingerprint.of(spec, affine, model));
    }

    @Override
    public TensorSpec spec() {
        return spec;
    }

    Affine affine() {
        return affine;
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
        int size = 0;
        for (int item = 0; item < items; item++) {
            byte[] next = encodeItem(values, item);
            codes.add(next);
            size = Math.addExact(size, LENGTH_BYTES + next.length);
        }
        byte[] data = new byte[size];
        int at = 0;
        for (byte[] next : codes) {
            for (int i = 0; i < LENGTH_BYTES; i++) {
                data[at++] = (byte) (next.length >>> (8 * i));
            }
            System.arraycopy(next, 0, data, at, next.length);
            at += next.length;
        }
        return new WireTensor(
                spec.name(), Datatype.BYTES, List.of((long) items), Parameters.NONE, ByteBuffer.wrap(data));
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
        if (!coded.datatype().equals(Datatype.BYTES)) {
            throw new InvalidException("datatype: " + coded.datatype() + " (expected: " + Datatype.BYTES
                    + "), tensor \"" + spec.name() + "\"");
        }
        boolean counted = Layout.countsItems(spec);
        if (coded.shape().size() != 1 || (!counted && coded.shape().get(0) != 1)) {
            throw new InvalidException("shape: " + coded.shape() + " (expected: " + (counted ? "[items]" : "[1]")
                    + "), tensor \"" + spec.name() + "\"");
        }
        int items = CodedItems.count(spec, layout, coded.shape().get(0));
        List<byte[]> codes = split(coded.data(), items);
        CodedItems decoded = new CodedItems(spec, layout, affine, items);
        for (int item = 0; item < items; item++) {
            decoded.put(item, decodeItem(codes.get(item), item));
        }
        return decoded.tensor();
    }

    private byte[] decodeItem(byte[] bytes, int item) {
        try {
            return code.decode(bytes);
        } catch (MalformedException e) {
            throw new MalformedException(e.getMessage() + ", item " + item + ", tensor \"" + spec.name() + "\"", e);
        }
    }

    /** The items' codes, each from behind its length. */
    private List<byte[]> split(ByteBuffer wire, int items) {
        ByteBuffer data = wire.order(ByteOrder.LITTLE_ENDIAN);
        List<byte[]> codes = new ArrayList<>(Math.min(items, data.limit() / LENGTH_BYTES));
        for (int item = 0; item < items; item++) {
            if (data.remaining() < LENGTH_BYTES) {
                throw malformed("data: " + data.limit() + " bytes (expected: " + items + " items)");
            }
            int length = data.getInt();
            if (length < 0 || length > code.maxBytes() || length > data.remaining()) {
                throw malformed("length: " + (length & 0xFFFF_FFFFL) + " (expected: at most "
                        + Math.min(code.maxBytes(), data.remaining()) + "), item " + item);
            }
            byte[] next = new byte[length];
            data.get(next);
            codes.add(next);
        }
        if (data.hasRemaining()) {
            throw malformed("data: " + data.remaining() + " bytes behind the last item (expected: none)");
        }
        return codes;
    }

    private MalformedException malformed(String what) {
        return new MalformedException(what + ", tensor \"" + spec.name() + "\"");
    }

    @Override
    public JsonObject toJson() {
        return CodecJson.write(this);
    }
}
