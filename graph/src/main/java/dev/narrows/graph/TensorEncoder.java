package dev.narrows.graph;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.narrows.errors.InvalidException;
import java.nio.charset.StandardCharsets;

/** Writes tensors: elements as packed bytes, strings as a list. */
final class TensorEncoder {

    private TensorEncoder() {}

    /** The tensor as protobuf, on top of what its residue kept. Its bytes are not copied. */
    static TensorProto encode(ConstantTensor tensor, TensorProto residue) {
        TensorProto.Builder proto = described(tensor, residue);
        if (tensor.type() == ElementType.STRING) {
            for (String string : tensor.strings()) {
                proto.addStringData(ByteString.copyFrom(string, StandardCharsets.ISO_8859_1));
            }
        } else {
            proto.setRawData(UnsafeByteOperations.unsafeWrap(tensor.data()));
        }
        return proto.build();
    }

    /** The tensor as protobuf that points to another file. */
    static TensorProto encodeExternal(ConstantTensor tensor, TensorProto residue, OnnxWriter.Place place) {
        String where = ", tensor \"" + tensor.name() + "\"";
        if (tensor.type() == ElementType.STRING) {
            throw new InvalidException("external data: strings (expected: numbers)" + where);
        }
        if (place.offset() < 0 || place.length() != tensor.data().remaining()) {
            throw new InvalidException("external data: " + place.length() + " bytes from " + place.offset()
                    + " (expected: " + tensor.data().remaining() + " from 0 or more)" + where);
        }
        return described(tensor, residue)
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(entry("location", ExternalFiles.checkLocation(place.location())))
                .addExternalData(entry("offset", Long.toString(place.offset())))
                .addExternalData(entry("length", Long.toString(place.length())))
                .build();
    }

    private static TensorProto.Builder described(ConstantTensor tensor, TensorProto residue) {
        TensorProto.Builder proto = residue.toBuilder()
                .addAllDims(tensor.dims())
                .setDataType(tensor.type().number());
        if (!tensor.name().isEmpty()) {
            proto.setName(tensor.name());
        }
        if (!tensor.doc().isEmpty()) {
            proto.setDocString(tensor.doc());
        }
        return proto;
    }

    private static StringStringEntryProto entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
    }
}
