package dev.narrows.train;

import dev.narrows.data.Dataset;
import dev.narrows.data.Derived;
import dev.narrows.data.Kind;
import dev.narrows.errors.ExecutionException;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.NarrowsException;
import dev.narrows.media.MediaCodec;
import dev.narrows.media.MediaKind;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Items as a receiver has them: each went through a codec once, when this was made. Kept as codecs take them, a byte a
 * sample for images and two for sound, so that an epoch costs no coding.
 */
public final class DecodedData extends Derived {

    private static final float PIXEL = 255;
    private static final float SAMPLE = 32768;

    private final boolean images;
    private final byte[][] items;
    private final double meanBytes;

    private DecodedData(Dataset original, byte[][] items, double meanBytes) {
        super(original);
        images = original.kind() instanceof Kind.Image;
        this.items = items;
        this.meanBytes = meanBytes;
    }

    /**
     * What the codecs call such items.
     *
     * @throws InvalidException if they are neither images nor sound
     */
    public static MediaKind kind(Dataset data) {
        if (data.kind() instanceof Kind.Image) {
            return new MediaKind.Image();
        }
        if (data.kind() instanceof Kind.Sound sound) {
            return new MediaKind.Sound(sound.rate());
        }
        if (data.kind() instanceof Kind.Several several) {
            throw new InvalidException("items: of several modalities, " + several.names()
                    + " (expected: images or sound alone, as there are codecs for)");
        }
        throw new InvalidException("items: neither images nor sound (expected: one of both, as there are codecs for)");
    }

    /**
     * Sends all items.
     *
     * @param threads that code at once
     * @throws InvalidException if the items are neither images nor sound, or of a shape that the codec does not take
     */
    public static DecodedData of(Dataset data, MediaCodec codec, int threads) {
        kind(data);
        Range.atLeast("threads", threads, 1);
        byte[][] items = new byte[data.size()][];
        ExecutorService workers = Executors.newFixedThreadPool(threads);
        try {
            List<Future<Long>> parts = new ArrayList<>();
            for (int part = 0; part < threads; part++) {
                int first = part;
                parts.add(workers.submit(() -> send(data, codec, items, first, threads)));
            }
            long bytes = 0;
            for (Future<Long> part : parts) {
                bytes += part.get();
            }
            return new DecodedData(data, items, (double) bytes / Math.max(1, items.length));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExecutionException("codec \"" + codec.name() + "\": interrupted", e);
        } catch (java.util.concurrent.ExecutionException e) {
            if (e.getCause() instanceof NarrowsException failure) {
                throw failure;
            }
            throw new ExecutionException("codec \"" + codec.name() + "\": " + e.getCause(), e);
        } finally {
            workers.shutdownNow();
        }
    }

    /** Every {@code step}th item from {@code first} on; the bytes of their codes. */
    private static long send(Dataset data, MediaCodec codec, byte[][] items, int first, int step) {
        boolean images = data.kind() instanceof Kind.Image;
        long[] shape = data.shape();
        long bytes = 0;
        for (int i = first; i < items.length; i += step) {
            byte[] code = codec.encode(data.values(i), shape);
            bytes += code.length;
            float[] values = codec.decode(code, shape);
            items[i] = images ? pixels(values) : samples(values);
        }
        return bytes;
    }

    private static byte[] pixels(float[] values) {
        byte[] item = new byte[values.length];
        for (int i = 0; i < item.length; i++) {
            item[i] = (byte) Math.round(values[i] * PIXEL);
        }
        return item;
    }

    private static byte[] samples(float[] values) {
        byte[] item = new byte[2 * values.length];
        for (int i = 0; i < values.length; i++) {
            int sample = Math.round(values[i] * SAMPLE);
            item[2 * i] = (byte) sample;
            item[2 * i + 1] = (byte) (sample >> 8);
        }
        return item;
    }

    /** Of the codes of one item. */
    public double meanBytes() {
        return meanBytes;
    }

    @Override
    public float[] values(int index) {
        float[] values = new float[images ? items[index].length : items[index].length / 2];
        values(index, values);
        return values;
    }

    @Override
    public void values(int index, float[] into) {
        byte[] item = items[index];
        for (int i = 0; i < into.length; i++) {
            into[i] =
                    images ? (item[i] & 0xFF) / PIXEL : (short) ((item[2 * i] & 0xFF) | item[2 * i + 1] << 8) / SAMPLE;
        }
    }
}
