package dev.narrows.items;

import dev.narrows.engine.DType;
import dev.narrows.errors.MalformedException;
import dev.narrows.errors.UnsupportedException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the dictionary at an .npy file's start says. */
record NpyHeader(DType dtype, ByteOrder order, boolean fortran, List<Long> shape) {

    private static final Pattern DESCR = Pattern.compile("['\"]descr['\"]\\s*:\\s*['\"]([^'\"]{1,16})['\"]");
    private static final Pattern STRUCTURED = Pattern.compile("['\"]descr['\"]\\s*:\\s*\\[");
    private static final Pattern FORTRAN = Pattern.compile("['\"]fortran_order['\"]\\s*:\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("['\"]shape['\"]\\s*:\\s*\\(([0-9,\\sL]*)\\)");
    private static final int MAX_RANK = 64;

    static NpyHeader parse(String text, String place) {
        if (STRUCTURED.matcher(text).find()) {
            throw new UnsupportedException(".npy dtype: structured (expected: one number type), " + place);
        }
        String descr = field(DESCR, "descr", text, place);
        List<Long> shape = new ArrayList<>();
        for (String axis : field(SHAPE, "shape", text, place).split(",", -1)) {
            String digits = axis.strip().replace("L", "");
            if (digits.isEmpty()) {
                continue;
            }
            if (digits.length() > 18 || !digits.chars().allMatch(Character::isDigit) || shape.size() == MAX_RANK) {
                throw new MalformedException(".npy shape: axis \"" + digits + "\", " + place);
            }
            shape.add(Long.parseLong(digits));
        }
        ByteOrder order = switch (descr.charAt(0)) {
            case '<' -> ByteOrder.LITTLE_ENDIAN;
            case '>' -> ByteOrder.BIG_ENDIAN;
            case '|', '=' -> ByteOrder.nativeOrder();
            default -> throw unsupported(descr, place);
        };
        boolean fortran = field(FORTRAN, "fortran_order", text, place).equals("True");
        NpyHeader header = new NpyHeader(dtype(descr, place), order, fortran, List.copyOf(shape));
        try {
            Math.toIntExact(header.sizeBytes());
        } catch (ArithmeticException e) {
            throw new MalformedException(".npy shape: " + shape + " is too large, " + place, e);
        }
        return header;
    }

    private static String field(Pattern pattern, String what, String text, String place) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new MalformedException(".npy header: no " + what + ", " + place);
        }
        return matcher.group(1);
    }

    private static DType dtype(String descr, String place) {
        return switch (descr.substring(1)) {
            case "f2" -> DType.FLOAT16;
            case "f4" -> DType.FLOAT32;
            case "f8" -> DType.FLOAT64;
            case "i1" -> DType.INT8;
            case "u1" -> DType.UINT8;
            case "i2" -> DType.INT16;
            case "i4" -> DType.INT32;
            case "i8" -> DType.INT64;
            case "b1" -> DType.BOOL;
            default -> throw unsupported(descr, place);
        };
    }

    private static UnsupportedException unsupported(String descr, String place) {
        return new UnsupportedException(
                ".npy dtype: \"" + descr + "\" (expected: f2, f4, f8, i1, u1, i2, i4, i8 or b1), " + place);
    }

    /** NumPy's name of a type, with its byte order. */
    static String descr(DType dtype, boolean littleEndian) {
        String order = littleEndian ? "<" : ">";
        return switch (dtype) {
            case FLOAT16 -> order + "f2";
            case FLOAT32 -> order + "f4";
            case FLOAT64 -> order + "f8";
            case INT8 -> "|i1";
            case UINT8 -> "|u1";
            case INT16 -> order + "i2";
            case INT32 -> order + "i4";
            case INT64 -> order + "i8";
            case BOOL -> "|b1";
            case BFLOAT16 ->
                throw new UnsupportedException(".npy dtype: bfloat16 (expected: a type of NumPy's own; convert it)");
        };
    }

    long sizeBytes() {
        long size = dtype.bytes();
        for (long axis : shape) {
            size = Math.multiplyExact(size, axis);
        }
        return size;
    }
}
