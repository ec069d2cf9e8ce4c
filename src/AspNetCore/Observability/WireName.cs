using System.Text.Json;

namespace ActorSockets.AspNetCore.Observability;

/// <summary>The spelling of our enumerations outside the process: <c>ActiveClose</c> is <c>active-close</c>.</summary>
internal static class WireName
{
    internal static string Of<T>(T value)
        where T : struct, Enum => Names<T>.All[value];

    private static class Names<T>
        where T : struct, Enum
    {
        internal static readonly Dictionary<T, string> All =
            Enum.GetValues<T>().ToDictionary(v => v, v => JsonNamingPolicy.KebabCaseLower.ConvertName(v.ToString()));
    }
}
