using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ActorSockets.AspNetCore.Configuration;
using Akka.Remote.Transport.DotNetty;

namespace ActorSockets.AspNetCore.Hosting;

/// <summary>
/// Mutual TLS between nodes: both sides show a certificate and both judge it. A node is taken for one of ours when an authority of
/// <c>Authority</c> vouches for it, or else when it has the very certificate that we have. What the machine trusts counts for nothing here:
/// anybody gets a certificate from a public authority.
/// </summary>
internal static class ClusterCertificate
{
    internal static DotNettySslSetup Setup(ClusterCertificateOptions options)
    {
        var own = Load(options);
        var authorities = Authorities(options);
        return new DotNettySslSetup(own, suppressValidation: false, requireMutualAuthentication: true,
            (certificate, _, _, _, _) => certificate is not null && IsOurs(certificate, own, authorities));
    }

    /// <summary>The key at fault and what is wrong with it, or null.</summary>
    internal static (string Key, string Allowed)? Fault(ClusterCertificateOptions options)
    {
        try
        {
            using var own = Load(options);
            if (!own.HasPrivateKey) return (nameof(options.Path), "must hold the certificate's private key, or KeyPath must name it");
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            return (nameof(options.Path), $"must be a certificate with its private key in PKCS #12 or PEM, and Password must fit: {e.Message.TrimEnd('.')}");
        }

        try
        {
            return Authorities(options) is { Count: 0 } ? (nameof(options.Authority), "must hold at least one certificate in PEM") : null;
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            return (nameof(options.Authority), $"must be a file of certificates in PEM: {e.Message.TrimEnd('.')}");
        }
    }

    internal static bool IsOurs(X509Certificate2 certificate, X509Certificate2 own, X509Certificate2Collection? authorities)
    {
        // A certificate that all share is a shared secret; its dates say nothing, and nodes that part because of them help nobody.
        if (authorities is null) return certificate.RawDataMemory.Span.SequenceEqual(own.RawDataMemory.Span);
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);

        // A private authority seldom runs a service that says what it took back; a node is taken out by a new authority.
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;

        // The certificate is a stranger's so far: no address in it is asked for anything.
        chain.ChainPolicy.DisableCertificateDownloads = true;
        return chain.Build(certificate);
    }

    private static X509Certificate2 Load(ClusterCertificateOptions options)
    {
        var path = options.Path!;
        if (Path.GetExtension(path).ToUpperInvariant() is ".PFX" or ".P12") return X509CertificateLoader.LoadPkcs12FromFile(path, options.Password);
        using var pem = options.Password is null
            ? X509Certificate2.CreateFromPemFile(path, options.KeyPath)
            : X509Certificate2.CreateFromEncryptedPemFile(path, options.Password, options.KeyPath);

        // TLS on Windows cannot use a key that lives in memory only.
        return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
    }

    private static X509Certificate2Collection? Authorities(ClusterCertificateOptions options)
    {
        if (options.Authority is not { } path) return null;
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(path);
        return authorities;
    }
}
