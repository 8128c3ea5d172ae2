package dev.narrows.cloud;

import dev.narrows.cloud.oip.InferParameter;
import dev.narrows.errors.InvalidException;
import dev.narrows.wire.Parameters;
import java.util.LinkedHashMap;
import java.util.Map;

/** Parameters to and from InferParameter messages. */
final class GrpcParameters {

    private GrpcParameters() {}

    static Parameters read(Map<String, InferParameter> message) {
        if (message.isEmpty()) {
            return Parameters.NONE;
        }
        Map<String, Object> values = new LinkedHashMap<>();
        message.forEach((name, parameter) -> values.put(name, read(name, parameter)));
        return new Parameters(values);
    }

    private static Object read(String name, InferParameter parameter) {
        return switch (parameter.getParameterChoiceCase()) {
            case BOOL_PARAM -> parameter.getBoolParam();
            case INT64_PARAM -> parameter.getInt64Param();
            case STRING_PARAM -> parameter.getStringParam();
            case DOUBLE_PARAM -> parameter.getDoubleParam();
            case UINT64_PARAM -> {
                if (parameter.getUint64Param() < 0) {
                    throw new InvalidException("parameter \"" + name + "\": "
                            + Long.toUnsignedString(parameter.getUint64Param()) + " (expected: less than 2^63)");
                }
                yield parameter.getUint64Param();
            }
            case PARAMETERCHOICE_NOT_SET ->
                throw new InvalidException("parameter \"" + name + "\": empty (expected: a value)");
        };
    }

    static Map<String, InferParameter> write(Parameters parameters) {
        Map<String, InferParameter> message = new LinkedHashMap<>();
        parameters.values().forEach((name, value) -> {
            InferParameter.Builder parameter = InferParameter.newBuilder();
            if (value instanceof String text) {
                parameter.setStringParam(text);
            } else if (value instanceof Long integer) {
                parameter.setInt64Param(integer);
            } else if (value instanceof Double number) {
                parameter.setDoubleParam(number);
            } else {
                parameter.setBoolParam((Boolean) value);
            }
            message.put(name, parameter.build());
        });
        return message;
    }
}
