namespace ActorSockets.Gateway.Commands;

/// <summary>Addresses below <c>/admin/v1/</c>.</summary>
internal static class QueryText
{
    /// <summary>The path with the parameters that have a value.</summary>
    internal static string Of(string path, params IEnumerable<(string Name, string? Value)> parameters)
    {
        var query = string.Join('&', parameters.Where(p => p.Value is not null).Select(p => $"{p.Name}={Uri.EscapeDataString(p.Value!)}"));
        return query.Length == 0 ? path : $"{path}?{query}";
    }

    /// <summary>One part of a path. A name of dots alone would climb.</summary>
    internal static string Part(string name) =>
        name.Trim('.').Length > 0 ? Uri.EscapeDataString(name) : throw new CommandFault(ExitCodes.NotFound, $"There is no '{name}'.");
}
