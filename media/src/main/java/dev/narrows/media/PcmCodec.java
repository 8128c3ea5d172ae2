package dev.narrows.media;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Samples as whole numbers without any header. */
record PcmCodec(Law law) implements MediaCodec {

    private static final int BIAS = 132;
    private static final int CLIP = 32767 - BIAS;

    /** How a number stands for a sample. */
    enum Law {
        /** 16 bits, little-endian; lossless. */
        PCM16("pcm16", 2) {
            @Override
            void put(ByteBuffer code, short sample) {
                code.putShort(sample);
            }

            @Override
            short get(ByteBuffer code) {
                return code.getShort();
            }
        },

        /** 8 bits in equal steps. */
        PCM8("pcm8", 1) {
            @Override
            void put(ByteBuffer code, short sample) {
                code.put((byte) Math.min(127, (sample + 128) >> 8));
            }

            @Override
            short get(ByteBuffer code) {
                return (short) (code.get() << 8);
            }
        },

        /** 8 bits in steps that grow with the sample: the µ-law of ITU-T G.711. */
        MU_LAW("mulaw", 1) {
            @Override
            void put(ByteBuffer code, short sample) {
                int sign = sample < 0 ? 0x80 : 0;
                int magnitude = Math.min(CLIP, Math.abs((int) sample)) + BIAS;
                int exponent = 24 - Integer.numberOfLeadingZeros(magnitude); // of 132 to 32767: 0 to 7
                int mantissa = (magnitude >> (exponent + 3)) & 0x0F;
                code.put((byte) ~(sign | (exponent << 4) | mantissa));
            }

            @Override
            short get(ByteBuffer code) {
                int bits = ~code.get() & 0xFF;
                int magnitude = ((((bits & 0x0F) << 3) + BIAS) << ((bits >> 4) & 7)) - BIAS;
                return (short) ((bits & 0x80) != 0 ? -magnitude : magnitude);
            }
        };

        private final String word;
        private final int width;

        Law(String word, int width) {
            this.word = word;
            this.width = width;
        }

        abstract void put(ByteBuffer code, short sample);

        abstract short get(ByteBuffer code);
    }

    @Override
    public String name() {
        return law.word;
    }

    @Override
    public byte[] encode(float[] values, long[] shape) {
        short[] samples = Samples.of(values, shape);
        ByteBuffer code = ByteBuffer.allocate(samples.length * law.width).order(ByteOrder.LITTLE_ENDIAN);
        for (short sample : samples) {
            law.put(code, sample);
        }
        return code.array();
    }

    @Override
    public float[] decode(byte[] bytes, long[] shape) {
        short[] samples = new short[Samples.count(shape)];
        Samples.requireBytes(bytes, samples.length * law.width, name());
        ByteBuffer code = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < samples.length; i++) {
            samples[i] = law.get(code);
        }
        return Samples.values(samples);
    }
}
