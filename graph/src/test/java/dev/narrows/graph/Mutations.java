package dev.narrows.graph;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Broken files: bytes changed without and with knowledge of what they mean. */
final class Mutations {

    private static final long[] NUMBERS = {
        0, 1, -1, 7, 127, 255, 65_536, 1L << 31, 1L << 40, Long.MAX_VALUE, Long.MIN_VALUE
    };

    private final Random random;

    Mutations(long seed) {
        this.random = new Random(seed);
    }

    /** A changed copy of a file's bytes. */
    byte[] bytes(byte[] original) {
        byte[] bytes = original.clone();
        int at = random.nextInt(bytes.length);
        switch (random.nextInt(7)) {
            case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> {
                for (int i = 0; i < 1 + random.nextInt(20); i++) {
                    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
                }
            }
            case 2 -> bytes = Arrays.copyOf(bytes, at);
            case 3 -> {
                byte[] noise = new byte[Math.min(1 + random.nextInt(64), bytes.length - at)];
                random.nextBytes(noise);
                System.arraycopy(noise, 0, bytes, at, noise.length);
            }
            case 4 -> { // a length, or any number, of up to 64 bits
                int length = Math.min(1 + random.nextInt(9), bytes.length - at - 1);
                Arrays.fill(bytes, at, at + length, (byte) 0xff);
                bytes[at + length] = (byte) random.nextInt(128);
            }
            case 5 -> { // a part twice, the end lost
                int length = Math.min(1 + random.nextInt(200), bytes.length - at);
                System.arraycopy(original, at, bytes, random.nextInt(bytes.length - length + 1), length);
            }
            default -> {
                bytes = new byte[1 + random.nextInt(2_000)];
                random.nextBytes(bytes);
            }
        }
        return bytes;
    }

    /** A message with up to three fields anywhere inside it lost, repeated, moved or set to something extreme. */
    Message message(Message original) {
        Message.Builder builder = original.toBuilder();
        for (int i = 0; i < 1 + random.nextInt(3); i++) {
            change(builder);
        }
        return builder.build();
    }

    private void change(Message.Builder builder) {
        List<FieldDescriptor> fields = new ArrayList<>(builder.getAllFields().keySet());
        if (fields.isEmpty() || random.nextInt(12) == 0) {
            List<FieldDescriptor> all = builder.getDescriptorForType().getFields();
            set(builder, all.get(random.nextInt(all.size())));
            return;
        }
        FieldDescriptor field = fields.get(random.nextInt(fields.size()));
        boolean message = field.getJavaType() == JavaType.MESSAGE;
        if (message && random.nextInt(8) != 0) {
            if (field.isRepeated()) {
                change(builder.getRepeatedFieldBuilder(field, random.nextInt(builder.getRepeatedFieldCount(field))));
            } else {
                change(builder.getFieldBuilder(field));
            }
        } else if (field.isRepeated()) {
            changeList(builder, field);
        } else if (random.nextBoolean()) {
            builder.clearField(field);
        } else {
            set(builder, field);
        }
    }

    private void changeList(Message.Builder builder, FieldDescriptor field) {
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < builder.getRepeatedFieldCount(field); i++) {
            values.add(builder.getRepeatedField(field, i));
        }
        int at = random.nextInt(values.size());
        switch (random.nextInt(4)) {
            case 0 -> values.remove(at);
            case 1 -> values.add(random.nextInt(values.size() + 1), values.get(at));
            case 2 -> values.add(values.remove(random.nextInt(values.size())));
            default -> {
                builder.clearField(field);
                values.forEach(value -> builder.addRepeatedField(field, value));
                set(builder, field);
                return;
            }
        }
        builder.setField(field, values);
    }

    private void set(Message.Builder builder, FieldDescriptor field) {
        long number = NUMBERS[random.nextInt(NUMBERS.length)];
        Object value = switch (field.getJavaType()) {
            case INT -> (int) number;
            case LONG -> number;
            case FLOAT -> (float) number;
            case DOUBLE -> (double) number;
            case BOOLEAN -> random.nextBoolean();
            case STRING -> new String[] {"", "x", "y", "sum", "../w", "-1", "\0", "é"}[random.nextInt(8)];
            case BYTE_STRING -> ByteString.copyFrom(new byte[random.nextInt(20)]);
            case ENUM ->
                field.getEnumType()
                        .getValues()
                        .get(random.nextInt(field.getEnumType().getValues().size()));
            case MESSAGE -> builder.newBuilderForField(field).buildPartial();
        };
        if (!field.isRepeated()) {
            builder.setField(field, value);
        } else if (builder.getRepeatedFieldCount(field) > 0 && random.nextBoolean()) {
            builder.setRepeatedField(field, random.nextInt(builder.getRepeatedFieldCount(field)), value);
        } else {
            builder.addRepeatedField(field, value);
        }
    }
}
