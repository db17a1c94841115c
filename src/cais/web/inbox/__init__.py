"""The Caixa de erros on the screens: where each cause is mended."""
