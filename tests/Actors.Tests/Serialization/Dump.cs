using System.Collections;
using System.Globalization;

namespace ActorSockets.Actors.Tests.Serialization;

/// <summary>A value with everything in it, in one line: two that print the same are the same.</summary>
internal static class Dump
{
    internal static string Of(object? value) => value switch
    {
        null => "null",
        string text => $"'{text}'",
        IFormattable plain when value.GetType().Namespace!.StartsWith("System", StringComparison.Ordinal) => plain.ToString(null, CultureInfo.InvariantCulture),
        Enum or bool or System.Net.IPAddress or Akka.Actor.Address => value.ToString()!,
        ReadOnlyMemory<byte> bytes => Convert.ToHexStringLower(bytes.Span),
        IEnumerable many => $"[{string.Join(", ", many.Cast<object>().Select(Of))}]",
        _ => $"{value.GetType().Name} {{ {string.Join(", ", value.GetType().GetProperties().Where(p => p.GetIndexParameters().Length == 0).Select(p => $"{p.Name} = {Of(p.GetValue(value))}"))} }}",
    };
}
