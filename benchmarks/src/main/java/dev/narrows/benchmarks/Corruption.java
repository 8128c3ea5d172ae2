package dev.narrows.benchmarks;

import java.util.Arrays;
import java.util.Random;

/** The ways in which a file can break between where it was made and where it is read. */
enum Corruption {
    ONE_BIT {
        @Override
        byte[] of(byte[] file, Random random) {
            byte[] bytes = file.clone();
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            return bytes;
        }
    },
    SOME_BITS {
        @Override
        byte[] of(byte[] file, Random random) {
            byte[] bytes = file.clone();
            for (int i = 0; i < 2 + random.nextInt(100); i++) {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            }
            return bytes;
        }
    },
    TRUNCATED {
        @Override
        byte[] of(byte[] file, Random random) {
            return Arrays.copyOf(file, random.nextInt(file.length));
        }
    },
    APPENDED {
        @Override
        byte[] of(byte[] file, Random random) {
            byte[] bytes = Arrays.copyOf(file, file.length + 1 + random.nextInt(1_000));
            for (int i = file.length; i < bytes.length; i++) {
                bytes[i] = (byte) random.nextInt(256);
            }
            return bytes;
        }
    },
    RANDOM_SPAN {
        @Override
        byte[] of(byte[] file, Random random) {
            byte[] bytes = file.clone();
            int start = random.nextInt(bytes.length);
            int end = Math.min(bytes.length, start + 1 + random.nextInt(4_096));
            for (int i = start; i < end; i++) {
                bytes[i] = (byte) random.nextInt(256);
            }
            return bytes;
        }
    },
    ZEROED_BLOCK {
        @Override
        byte[] of(byte[] file, Random random) {
            byte[] bytes = file.clone();
            int start = random.nextInt(bytes.length);
            Arrays.fill(bytes, start, Math.min(bytes.length, start + 4_096), (byte) 0);
            return bytes;
        }
    },
    LOST_BLOCK {
        @Override
        byte[] of(byte[] file, Random random) {
            int start = random.nextInt(file.length);
            int end = Math.min(file.length, start + 1 + random.nextInt(4_096));
            byte[] bytes = Arrays.copyOf(file, file.length - (end - start));
            System.arraycopy(file, end, bytes, start, file.length - end);
            return bytes;
        }
    },
    /** A number in the graph's structure becomes 2^32 − 1 or 2^64 − 1: lengths, axes, offsets. */
    HUGE_NUMBER {
        @Override
        byte[] of(byte[] file, Random random) {
            byte[] bytes = file.clone();
            WireFields fields = WireFields.of(file);
            int at = fields.position(random.nextInt(fields.size()));
            int length = random.nextBoolean() ? 5 : 10;
            for (int i = 0; i < length && at + 1 + i < bytes.length; i++) {
                bytes[at + 1 + i] = (byte) (i < length - 1 ? 0xff : length == 5 ? 0x0f : 0x01);
            }
            return bytes;
        }
    },
    /** One bit in the graph's structure: a field's tag or its number, seldom a weight. */
    STRUCTURE_BIT {
        @Override
        byte[] of(byte[] file, Random random) {
            byte[] bytes = file.clone();
            WireFields fields = WireFields.of(file);
            int at = fields.position(random.nextInt(fields.size())) + random.nextInt(3);
            bytes[Math.min(at, bytes.length - 1)] ^= (byte) (1 << random.nextInt(8));
            return bytes;
        }
    },
    /** A field of the graph gone, the lengths around it right: a well-formed file of something else. */
    LOST_FIELD {
        @Override
        byte[] of(byte[] file, Random random) {
            WireFields fields = WireFields.of(file);
            return fields.without(random.nextInt(fields.size()));
        }
    },
    /** The content of a field replaced by random bytes: a node's name, an attribute, a shape. */
    RANDOM_FIELD {
        @Override
        byte[] of(byte[] file, Random random) {
            byte[] bytes = file.clone();
            WireFields fields = WireFields.of(file);
            int field = random.nextInt(fields.size());
            for (int i = fields.position(field) + 1; i < Math.min(fields.end(field), bytes.length); i++) {
                bytes[i] = (byte) random.nextInt(256);
            }
            return bytes;
        }
    },
    NOISE {
        @Override
        byte[] of(byte[] file, Random random) {
            byte[] bytes = new byte[random.nextInt(10_000)];
            random.nextBytes(bytes);
            return bytes;
        }
    };

    /** A broken copy, which may by chance be equal. */
    abstract byte[] of(byte[] file, Random random);
}
