package dev.narrows.benchmarks;

import com.google.gson.JsonObject;
import dev.narrows.engine.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.zip.Deflater;

/** The symbols of decoded items, and what other coders would need for them. */
final class Symbols {

    private final List<byte[]> items;
    private final int channels;
    private final int ranges;

    private Symbols(List<byte[]> items, int channels, int ranges) {
        this.items = items;
        this.channels = channels;
        this.ranges = ranges;
    }

    /** From values that a quantising codec decoded, by the ranges in its JSON. Tensors are (1, channels, …). */
    static Symbols of(JsonObject codec, List<Tensor> decoded) {
        float[] low = floats(codec, "low");
        float[] step = floats(codec, "step");
        int channels = (int) decoded.get(0).dim(1);
        List<byte[]> items = new ArrayList<>();
        for (Tensor tensor : decoded) {
            float[] values = tensor.toFloats();
            byte[] symbols = new byte[values.length];
            for (int i = 0; i < values.length; i++) {
                int range = low.length == 1 ? 0 : i / (values.length / channels);
                symbols[i] = (byte) Math.round((values[i] - low[range]) / step[range]);
            }
            items.add(symbols);
        }
        return new Symbols(items, channels, low.length);
    }

    private static float[] floats(JsonObject codec, String member) {
        byte[] bytes = Base64.getDecoder().decode(codec.get(member).getAsString());
        float[] values = new float[bytes.length / Float.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        return values;
    }

    int ranges() {
        return ranges;
    }

    /** Bytes an item with one ideal table, made from these very items. */
    double orderZeroBytes() {
        int[] counts = new int[256];
        items.forEach(item -> count(item, 0, item.length, counts));
        return bytes(counts) / items.size();
    }

    /** Bytes an item with one such table for each channel. */
    double orderZeroByChannelBytes() {
        double bytes = 0;
        for (int channel = 0; channel < channels; channel++) {
            int[] counts = new int[256];
            for (byte[] item : items) {
                int plane = item.length / channels;
                count(item, channel * plane, (channel + 1) * plane, counts);
            }
            bytes += bytes(counts);
        }
        return bytes / items.size();
    }

    /** Bytes an item with one such table for each item, the table itself free of charge. */
    double orderZeroOfEachItemBytes() {
        double bytes = 0;
        for (byte[] item : items) {
            int[] counts = new int[256];
            count(item, 0, item.length, counts);
            bytes += bytes(counts);
        }
        return bytes / items.size();
    }

    /** Bytes an item with DEFLATE at its best, each item on its own. */
    double deflateBytes() {
        double bytes = 0;
        for (byte[] item : items) {
            Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
            deflater.setInput(item);
            deflater.finish();
            byte[] buffer = new byte[item.length + 100];
            bytes += deflater.deflate(buffer);
            deflater.end();
        }
        return bytes / items.size();
    }

    private static void count(byte[] symbols, int from, int to, int[] counts) {
        for (int i = from; i < to; i++) {
            counts[symbols[i] & 0xFF]++;
        }
    }

    private static double bytes(int[] counts) {
        double sum = 0;
        double bits = 0;
        for (int count : counts) {
            sum += count;
            bits -= count == 0 ? 0 : count * Math.log(count);
        }
        return sum == 0 ? 0 : (bits + sum * Math.log(sum)) / Math.log(2) / 8;
    }
}
