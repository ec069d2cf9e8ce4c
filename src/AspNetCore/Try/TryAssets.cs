using System.Collections.Frozen;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace ActorSockets.AspNetCore.Try;

/// <summary>The files of the page, read once from this assembly.</summary>
internal static class TryAssets
{
    private const string Prefix = "try/";

    internal static FrozenDictionary<string, TryAsset> ByName { get; } = typeof(TryAssets).Assembly.GetManifestResourceNames()
        .Where(resource => resource.StartsWith(Prefix, StringComparison.Ordinal))
        .ToFrozenDictionary(resource => resource[Prefix.Length..], Read, StringComparer.Ordinal);

    private static TryAsset Read(string resource)
    {
        using var stream = typeof(TryAssets).Assembly.GetManifestResourceStream(resource)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return new TryAsset(bytes, TypeOf(Path.GetExtension(resource)), new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes)[..8])}\""));
    }

    private static string TypeOf(string extension) => extension switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => throw new InvalidOperationException($"No content type is known for {extension}."),
    };
}

/// <summary>One file of the page.</summary>
/// <param name="Tag">Changes with the content, so a browser asks and is told "not modified".</param>
internal sealed record TryAsset(byte[] Bytes, string ContentType, EntityTagHeaderValue Tag);
